"""One stretch of access that stands out: why, each look of it, what was said of it, and the form to say something."""

from collections.abc import Callable, Mapping
from datetime import datetime

import flet as ft

from clienteling.actions.access import review_access
from clienteling.context import use_tablet, use_words
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_box, use_once
from clienteling.ui.parts import button, card, divided, field, soft, text
from clienteling.words import Words
from sync.policy.unusual import Thresholds
from sync.protocol import AccessEvent, AccessFlag

LONGEST = 500
SHOWN = 20
"""Looks that are drawn at first."""


def when(_: Words, since: datetime, until: datetime) -> str:
    """Return a stretch of time as short as it can be said."""
    zone = _.frame.zone
    if since == until:
        return _.date_time(since)
    same = since.astimezone(zone).date() == until.astimezone(zone).date()
    return f"{_.date_time(since)}–{_.time(until) if same else _.date_time(until)}"


@component
def AccessDetail(flag: AccessFlag, customers: Mapping[str, str], kept: Callable[[str, str], None]) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    word, show = ft.use_state("")
    held = use_box(word)  # keys may come faster than renders, so handlers read this
    every, show_every = ft.use_state(False)
    start = use_once(len(flag.reviews))

    def write(words: str) -> None:
        held.current = words
        show(words)

    async def review() -> None:
        said = held.current.strip()
        if await review_access(tablet, flag.id, said):
            write("")
            kept(flag.id, said)

    newest = list(reversed(flag.events))
    looks = newest if every else newest[:SHOWN]
    name = tablet.pulse.directory.name(flag.staff_id, _.language)
    own = flag.staff_id == tablet.session.staff_id
    parts: list[ft.Control] = [
        card(
            text(_("{name}, {n} customers", name=name, n=flag.customers), size=T.TITLE, bold=True, height=1.4),
            soft(when(_, flag.since, flag.until)),
            text(_why(_, flag.rule)),
            title=_.code("access_rule", flag.rule),
            tone="caution" if flag.open else None,
        ),
        _said(_, flag, own=own, word=word, write=write, review=lambda: start(review)),
        card(
            *divided([_look(_, one, customers) for one in looks]),
            *(
                [button(_("Show all {n}", n=len(newest)), lambda: show_every(True), kind="plain")]
                if len(looks) < len(newest)
                else []
            ),
            title=_("What was looked at"),
            aside=_("{n} entries", n=flag.count),
            spacing=4,
        ),
    ]
    return ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _why(_: Words, rule: str) -> str:
    """The rule in a sentence, with the very figures that it judges by."""
    usual = Thresholds()
    minutes, hours = usual.many_within.total_seconds() / 60, usual.reveal_within.total_seconds() / 3600
    words = {
        "many_profiles": _("{n} or more customers were opened within {m} minutes, without a scan, an appointment or a follow-up.", n=usual.many_profiles, m=int(minutes)),
        "bulk_reveal": _("Telephone or mail of {n} or more customers was shown within {h} hours.", n=usual.bulk_reveal, h=int(hours)),
        "off_shift": _("It was more than {h} hours before or after a shift.", h=int(usual.off_shift_by.total_seconds() / 3600)),
        "others_customers": _("{n} or more customers in a colleague's charge were opened on one day, without an occasion.", n=usual.others_customers),
        "vip": _("{n} or more customers of the highest rank were opened on one day, without an occasion.", n=usual.vip),
    }  # fmt: skip
    return words.get(rule, "")


def _look(_: Words, one: AccessEvent, customers: Mapping[str, str]) -> ft.Control:
    name = customers.get(one.customer_id)
    what = (
        f"{_.code('access_what', one.what)} · {_.code('access_purpose', one.purpose)}"
        if one.purpose
        else _.code("access_what", one.what)
    )
    return ft.Row(
        [
            text(_.honour(name) if name else _("not on this tablet"), color=C.INK if name else C.INK_SOFT, height=1.4, expand=True),
            soft(what, expand=True),
            soft(_.date_time(one.at)),
        ],
        spacing=S.GAP_SMALL,
    )  # fmt: skip


def _said(
    _: Words,
    flag: AccessFlag,
    *,
    own: bool,
    word: str,
    write: Callable[[str], None],
    review: Callable[[], None],
) -> ft.Control:
    """What managers said, and the form for the next word; nobody judges what they did themselves."""
    said: list[ft.Control] = [
        ft.Column(
            [
                text(one.word, height=1.5),
                soft(_("{staff:name} · {at:datetime}", staff=one.staff_id, at=one.at)),
            ],
            spacing=0,
        )
        for one in flag.reviews
    ]
    if own:
        said.append(soft(_("These are your own looks: another manager says what they were.")))
    else:
        said.append(
            field(
                _("What it was, after asking"),
                value=word,
                multiline=True,
                min_lines=1,
                max_lines=4,
                max_length=LONGEST,
                on_change=lambda event: write(event.control.value or ""),
            )
        )
        said.append(
            ft.Row(
                [
                    button(
                        _("Looked at") if flag.open else _("Add a word"),
                        review,
                        kind="filled",
                        icon=ft.Icons.FACT_CHECK_OUTLINED,
                        disabled=not word.strip(),
                    )
                ],
                alignment=ft.MainAxisAlignment.END,
            )
        )
    return card(*said, title=_("Your word on it"), spacing=12)
