"""The templates of messages: one TOML file each, per language of the customer, filled in Jinja2's sandbox.

None in her language means none is offered: nobody is written to in a language she did not choose.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Self

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sync.errors import BadSetting
from sync.model.catalogue import Product, Variant
from sync.model.customer import Channel
from sync.model.outreach import Cause, Reason
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.assets import assets_folder
from sync.policy.facts import CustomerFacts
from sync.policy.speaker import Speaker, speaks_for
from sync.policy.template_facts import Occasion, template_facts


class Template(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z_]+$")
    language: str
    cause: Cause
    speaker: Speaker = Speaker.PERSON
    """`shop` where it is never in a person's name; has to be said for causes of which only the shop may speak."""
    channels: tuple[Channel, ...] = Field(min_length=1)
    title: dict[str, str]
    """What staff see it called, by the language of their screen."""
    subject: str = Field(default="", max_length=200)
    body: str = Field(min_length=1, max_length=5000)

    @model_validator(mode="after")
    def _in_the_right_voice(self) -> Self:
        if speaks_for(self.cause) is Speaker.SHOP and self.speaker is not Speaker.SHOP:
            raise ValueError(f'{self.cause.value} is talk for the shop: `speaker = "shop"` is missing')
        return self

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


def templates(language: str, folder: Path | None = None) -> list[Template]:
    """Return the templates in a language, by name; an empty list where there are none. Of "en-GB" the language counts.

    `folder` holds one folder per language; the shipped one by default. Raises BadSetting that names file and key.
    """
    return list(_load(folder or assets_folder() / "templates", language.partition("-")[0]))


def template_for(language: str, cause: Cause, channel: Channel, name: str = "") -> Template | None:
    """Return the template to begin with for a cause and a channel: the one called `name` where it suits the channel."""
    fitting = [t for t in templates(language) if t.cause is cause and channel in t.channels]
    return next((t for t in fitting if t.name == name), fitting[0] if fitting else None)


def no_words(language: str, cause: Cause, folder: Path | None = None) -> Reason | None:
    """Return why nobody writes to her for this cause in her language (`no_template`: language), or None where we may.

    None in hers means none sent, typed freely or not: staff who cannot read it cannot check it either. Her own message
    may be answered all the same: silence would be worse, and she began.
    """
    if cause is Cause.REPLY or any(template.cause is cause for template in templates(language, folder)):
        return None
    return Reason(code="no_template", params={"language": language})


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
    ready: Variant | None = None,
) -> Draft:
    """Fill a template with the facts (`sync.policy.template_facts`). `staff` None writes from the shop, as every template
    of the shop's own does; `products` are those to speak of, in order; `ready` is what waits for her; times are shown
    in `zone`. Raises BadSetting where the template asks for what is not there."""
    occasion = Occasion(facts, staff, shop, retailer, products, now, zone, tuple(colleagues), ready)
    values = template_facts(occasion, template.cause, template.speaker, template.language)
    try:
        subject = _JINJA.from_string(template.subject).render(values)
        body = _JINJA.from_string(template.body).render(values)
    except TemplateError as error:
        where = f"{template.language}/{template.name}"
        raise BadSetting(f"{where}: {error}.", file=where) from error
    return Draft(" ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body).strip())
