"""The templates of messages: one TOML file each, per language of the customer, filled in Jinja2's sandbox.

None in her language means none is offered: nobody is written to in a language she did not choose.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sync.errors import BadSetting
from sync.model.catalogue import Product
from sync.model.customer import Appointment, AppointmentKind, Channel
from sync.model.outreach import Cause
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.assets import assets_folder
from sync.policy.facts import CustomerFacts, main_line
from sync.policy.naming import form_of_address, full_name, house_name, shop_name, spoken_name


class Template(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z_]+$")
    language: str
    cause: Cause
    channels: tuple[Channel, ...] = Field(min_length=1)
    title: dict[str, str]
    """What staff see it called, by the language of their screen."""
    subject: str = Field(default="", max_length=200)
    body: str = Field(min_length=1, max_length=5000)

    def title_in(self, language: str) -> str:
        return self.title.get(language) or next(iter(self.title.values()), self.name)


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str


# Plain text goes out, so nothing is escaped; nothing a customer or member of staff wrote is ever a template.
_JINJA = ImmutableSandboxedEnvironment(
    autoescape=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_CAME_LATELY = timedelta(days=7)
_ITEM_CAUSES = (Cause.AFTER_PURCHASE, Cause.FIRST_PURCHASE)
_PATTERNS = {"ja": ("M月d日(E)", "M月d日(E) H:mm"), "en": ("EEEE d MMMM", "EEEE d MMMM, h:mm a")}


def templates(language: str, folder: Path | None = None) -> list[Template]:
    """Return the templates in a language, by name; an empty list where there are none. Of "en-GB" the language counts.

    `folder` holds one folder per language; the shipped one by default. Raises BadSetting that names file and key.
    """
    return list(_load(folder or assets_folder() / "templates", language.partition("-")[0]))


def template_for(language: str, cause: Cause, channel: Channel, name: str = "") -> Template | None:
    """Return the template to begin with for a cause and a channel: the one called `name` where it suits the channel."""
    fitting = [t for t in templates(language) if t.cause is cause and channel in t.channels]
    return next((t for t in fitting if t.name == name), fitting[0] if fitting else None)


@lru_cache(maxsize=32)
def _load(folder: Path, language: str) -> tuple[Template, ...]:
    if not re.fullmatch(r"[a-z]{2,3}", language):
        return ()  # the language comes from records, and must not name a folder elsewhere
    found = (_read(path, language) for path in sorted((folder / language).glob("*.toml")))
    return tuple(sorted(found, key=lambda t: t.name))


def _read(path: Path, language: str) -> Template:
    where = f"{language}/{path.name}"
    try:
        template = Template.model_validate({"language": language, **tomllib.loads(path.read_text(encoding="utf-8"))})
        for source in (template.subject, template.body):
            _JINJA.from_string(source)
    except ValidationError as error:
        problems = [f"{where}: {'.'.join(map(str, p['loc']))}: {p['msg']}." for p in error.errors(include_url=False)]
        raise BadSetting("\n".join(problems), file=where) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TemplateError) as error:
        raise BadSetting(f"{where}: {error}.", file=where) from error
    return template


def render(
    template: Template,
    *,
    facts: CustomerFacts,
    staff: Staff | None,
    shop: Shop,
    retailer: RetailerSettings,
    products: Sequence[Product],
    now: datetime,
    zone: tzinfo,
    colleagues: Iterable[Staff] = (),
) -> Draft:
    """Fill a template with the facts. `staff` None writes from the shop; `products` are those to speak of, in order;
    times are shown in `zone`. Raises BadSetting where the template asks for what is not there."""
    values = _values(template, facts, staff, shop, retailer, products, now, zone, colleagues)
    try:
        subject = _JINJA.from_string(template.subject).render(values)
        body = _JINJA.from_string(template.body).render(values)
    except TemplateError as error:
        where = f"{template.language}/{template.name}"
        raise BadSetting(f"{where}: {error}.", file=where) from error
    return Draft(" ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body).strip())


def _values(
    template: Template,
    facts: CustomerFacts,
    staff: Staff | None,
    shop: Shop,
    retailer: RetailerSettings,
    products: Sequence[Product],
    now: datetime,
    zone: tzinfo,
    colleagues: Iterable[Staff],
) -> dict[str, Any]:
    """Plain values only: a template cannot reach from them to anything else of the customer's."""
    language = template.language
    names = [(p.name_en or p.name) if language != "ja" else p.name for p in products]
    if not names and template.cause in _ITEM_CAUSES and language == "ja":
        order = next((o for o in facts.orders if o.at <= now and not o.refunded), None)
        line = main_line(order) if order else None
        names = [line.name] if line else []
    booked = facts.booked(now)
    return {
        "to": form_of_address(facts.customer, language),
        "me": spoken_name(staff, language, colleagues) if staff else "",
        "signature": full_name(staff, language) if staff else "",
        "shop": shop_name(shop, language),
        "house": house_name(shop, retailer, language),
        "brand": shop.brand or retailer.brand,
        "phone": shop.phone,
        "item": names[0] if names else "",
        "items": names[:4],
        "came_lately": any(now - at <= _CAME_LATELY for at in facts.arrivals(now + timedelta(seconds=1))),
        "appointment": _appointment(booked[0], language, zone) if booked else None,
    }


def _appointment(appointment: Appointment, language: str, zone: tzinfo) -> dict[str, Any]:
    day, moment = _PATTERNS.get(language, _PATTERNS["en"])
    local = appointment.at.astimezone(zone)
    return {
        "day": format_datetime(local, day, locale=language),
        "when": format_datetime(local, moment, locale=language),
        "video": appointment.appointment_kind is AppointmentKind.VIDEO,
        "subject": appointment.subject,
    }
