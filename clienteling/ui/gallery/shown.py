"""Which parts there are, and in which states each can be. A new part is entered here; a test asks for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import flet as ft

from clienteling.theme import C
from clienteling.ui import parts as p
from clienteling.ui.gallery import sample as given
from clienteling.ui.gallery import stock as goods
from clienteling.ui.parts import (
    choice,
    consent,
    customers,
    facts,
    figures,
    messages,
    pauses,
    skeletons,
    stock,
    stops,
    tabs,
)
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.signature import signature_field
from clienteling.ui.parts.transfer import progress_bar, transfer_bar
from clienteling.words import Words
from sync.client.types import Transfer
from sync.model.catalogue import Money
from sync.model.customer import Channel
from sync.model.outreach import MessageState
from sync.model.shop import PauseScope

States = Sequence[tuple[str, ft.Control]]


@dataclass(frozen=True)
class Shown:
    """A part and how to draw it in each of its states; the state's name is for those who build, not for staff."""

    part: Callable[..., Any]
    states: Callable[[Words], States]

    @property
    def name(self) -> str:
        return self.part.__name__


def _nothing(*_given: object) -> None:
    return None


def _column(controls: Sequence[ft.Control]) -> ft.Control:
    return ft.Column(list(controls), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


_TONES: Final[tuple[p.Tone, ...]] = ("plain", "primary", "accent", "good", "caution", "error")


def _buttons(_: Words) -> States:
    label = _("Try again")
    return [
        ("filled", ft.Row([p.button(label, _nothing, kind="filled")])),
        ("soft", ft.Row([p.button(label, _nothing, kind="soft")])),
        ("outline", ft.Row([p.button(label, _nothing)])),
        ("plain", ft.Row([p.button(label, _nothing, kind="plain")])),
        ("with a picture", ft.Row([p.button(label, _nothing, icon=ft.Icons.REFRESH)])),
        ("big", ft.Row([p.button(label, _nothing, kind="filled", big=True, icon=ft.Icons.QR_CODE_SCANNER)])),
        ("danger", ft.Row([p.button(label, _nothing, danger=True)])),
        ("disabled", ft.Row([p.button(label, _nothing, disabled=True)])),
    ]


def _cards(_: Words) -> States:
    body, title = p.text(_("A warm welcome, as always.")), _("Before you approach")
    toned = [(tone, p.card(body, title=title, tone=tone)) for tone in _TONES]
    return [
        ("bare", p.card(body)),
        ("with a remark", p.card(body, title=title, aside=_("{n} entries", n=3))),
        ("with a foot", p.card(body, title=title, foot=ft.Row([p.button(_("Show more"), _nothing)]))),
        *toned,
    ]


def _apart(_: Words) -> States:
    return [("around a card", p.apart(p.card(p.text(_("A warm welcome, as always.")))))]


def _one_below_the_other(_: Words) -> States:
    return [("two", p.stack([p.card(p.button(_("Show more"), _nothing)) for _n in range(2)]))]


def _side_by_side(_: Words) -> States:
    one, other = (p.card(p.button(_("Show more"), _nothing)) for _n in range(2))
    return [("two to one", p.columns(one, other, shares=(2, 1)))]


def _names(_: Words) -> States:
    return [(script, p.text(name)) for script, name in given.SCRIPTS.items()]


def _texts(_: Words) -> States:
    said = _("What you have entered and saved is safe on this tablet.")
    return [
        ("plain", p.text(said)),
        ("bold", p.text(said, bold=True)),
        ("one line", p.text(said * 4, lines=1)),
        *_names(_),
    ]


def _fields(_: Words) -> States:
    label = _("Language")
    return [
        ("empty", p.field(label, hint="…")),
        ("filled", p.field(label, value=given.SCRIPTS["rare"])),
        ("wrong", p.field(label, value="1", error=_("No such product"))),
        ("disabled", p.field(label, value="1", disabled=True)),
    ]


def _stock(_: Words) -> States:
    here = _("Here")
    return [(str(n), ft.Row([p.stock_chip(_, here, n)])) for n in (None, 0, 1, 7)]


def _tiles(_: Words) -> States:
    stock = (p.stock_chip(_, _("Here"), 2), p.stock_chip(_, _("Online shop"), 0), p.stock_chip(_, "表参道店", None))
    name = given.DRESS.name if _.language == "ja" else given.DRESS.name_en
    return [
        ("with stock", p.product_tile(_, name, price=given.PRICE, stock=stock, detail=_("on the wish list"))),
        ("bare", p.product_tile(_, name)),
        ("long, with something to do", p.product_tile(_, name * 6, price=given.PRICE, stock=stock,
                                                      trailing=p.icon_button(ft.Icons.ADD, _("Show more"), _nothing))),
    ]  # fmt: skip


def _headers(_: Words) -> States:
    ranks = given.DIRECTORY.retailer.ranks if given.DIRECTORY.retailer else {}
    rank = p.rank_chip(_, given.CUSTOMER, ranks)
    agreed = (
        consent.consent_badge(_, "granted", Channel.LINE, preferred=True),
        consent.consent_badge(_, "refused", Channel.SMS),
    )
    badges = (*([rank] if rank else []), p.chip(_.code("closeness", "regular"), "primary"))
    return [
        ("wide", p.customer_header(_, given.CUSTOMER, badges=badges, detail="A1001", aside=agreed)),
        ("narrow", p.customer_header(_, given.CUSTOMER, badges=badges, detail="A1001", aside=agreed, narrow=True)),
        ("a very long name", p.customer_header(_, given.LONG, badges=badges, detail="A1002", aside=agreed)),
    ]


def _rows(_: Words) -> States:
    when, title = _.column_date(given.NOW), _.code("timeline", "note")
    way = messages.message_way(_, given.message(MessageState.DELIVERED).model_copy(update={"sent_at": given.NOW}))
    return [
        ("plain", p.timeline_row(when, title, _("A warm welcome, as always."))),
        ("with badges", p.timeline_row(when, title, "", p.chip("M"), messages.local_chip(_, online=False))),
        ("with its way", p.timeline_row(when, title, "", way=way)),
        ("with a reason and more below", p.timeline_row(when, title, why=_("Back to staff"), below=p.chips(p.chip("A")))),
    ]  # fmt: skip


def _sync(_: Words) -> States:
    states = {
        "in step": given.pulse(),
        "long ago": given.pulse(last_synced_at=given.NOW - timedelta(days=2)),
        "sending": given.pulse(waiting=2),
        "connecting": given.pulse(last_synced_at=None),
        "offline": given.pulse(online=False),
        "offline, saved here": given.pulse(online=False, waiting=3),
        "to look at": given.pulse(notices=(given.refused(),)),
        "not accepted": given.pulse(refused=(given.refused(),)),
    }
    return [(name, p.sync_badge(_, one)) for name, one in states.items()]


def _hits(_: Words) -> States:
    return [
        ("known", customers.hit_row(_, given.hit(given.CUSTOMER, met=True), given.DIRECTORY, _nothing)),
        ("never met, a very long name", customers.hit_row(_, given.hit(given.LONG, met=False), given.DIRECTORY, _nothing)),
    ]  # fmt: skip


def _signature(_: Words) -> States:
    def drawn(strokes: Sequence[Sequence[tuple[int, int]]]) -> ft.Control:
        return signature_field(_, strokes, begin=_nothing, go_on=_nothing, clear=_nothing, width=320)

    return [("empty", drawn(())), ("signed", drawn([[(100, 60), (220, 190), (340, 70)], [(500, 60), (500, 200)]]))]


def _choices(_: Words) -> States:
    options = [(one, _.code("channel", one)) for one in ("line", "sms", "email")]
    return [("one chosen, one faded", choice.choices(options, ["sms"], _nothing, faded=["email"]))]


def _switch(_: Words) -> States:
    sentence = _("Confidential: the words are for you and managers only")
    return [(name, choice.switch(sentence, on, _nothing)) for name, on in (("on", True), ("off", False))]


def _tick_box(_: Words) -> States:
    return [(name, choice.tick_box(name, on, _nothing)) for name, on in (("ticked", True), ("not ticked", False))]


def _message_states(_: Words) -> States:
    made: list[tuple[str, ft.Control]] = [
        (one.value, ft.Row([messages.message_state_chip(_, given.message(one))])) for one in MessageState
    ]
    return [*made, ("opened", ft.Row([messages.message_state_chip(_, given.message(MessageState.SENT, opened=True))]))]


def _pauses(_: Words) -> States:
    return [
        (scope.value, pauses.pause_note(_, given.pause(scope, "関東", by_staff=scope is PauseScope.SHOP)))
        for scope in PauseScope
    ]


def _empties(_: Words) -> States:
    again = p.button(_("Search"), _nothing, icon=ft.Icons.SEARCH)
    return [
        ("with what to do", p.empty_state(_("Nothing due today"), _("A warm welcome, as always."), again)),
        ("bare", p.empty_state(_("No such product"), icon=ft.Icons.SEARCH_OFF)),
    ]


_SKELETONS: Final[dict[Callable[..., ft.Control], dict[str, Callable[[], ft.Control]]]] = {
    skeletons.rows_skeleton: {"people": skeletons.rows_skeleton},
    skeletons.list_skeleton: {
        "people": skeletons.list_skeleton,
        "products": lambda: skeletons.list_skeleton(3, "product", act=120, above=(96, 120, 96)),
        "a history": lambda: skeletons.list_skeleton(5, "time"),
    },
    skeletons.form_skeleton: {"three fields": skeletons.form_skeleton},
    skeletons.code_skeleton: {"wide": lambda: skeletons.code_skeleton(1180), "narrow": lambda: skeletons.code_skeleton(412)},
    skeletons.profile_skeleton: {
        "wide": lambda: skeletons.profile_skeleton(1180), "tall": lambda: skeletons.profile_skeleton(820),
        "narrow": lambda: skeletons.profile_skeleton(412),
    },
    skeletons.home_skeleton: {
        "wide": lambda: skeletons.home_skeleton(1180), "narrow": lambda: skeletons.home_skeleton(412)
    },
    skeletons.work_skeleton: {
        "wide": lambda: skeletons.work_skeleton(1180, figures=True), "narrow": lambda: skeletons.work_skeleton(412)
    },
    skeletons.chart_skeleton: {"with steps": lambda: skeletons.chart_skeleton(300)},
    skeletons.pair_skeleton: {"beside": lambda: skeletons.pair_skeleton(1180, (240, 288))},
    skeletons.columns_skeleton: {"three": lambda: skeletons.columns_skeleton(1180, (290, 0), (0, 1), (330, 0))},
    skeletons.stock_skeleton: {"wide": lambda: skeletons.stock_skeleton(1180)},
    skeletons.shelf_skeleton: {"three in a row": lambda: skeletons.shelf_skeleton(3, 200)},
    skeletons.sheet_skeleton: {
        "wide": lambda: skeletons.sheet_skeleton(wide=True), "narrow": lambda: skeletons.sheet_skeleton(wide=False)
    },
}  # fmt: skip
"""What stands for a screen while it is read, at the widths of screens."""


def _waiting(states: dict[str, Callable[[], ft.Control]]) -> Callable[[Words], States]:
    """Each in the height of a screen, which it fills."""

    def made(_: Words) -> States:
        return [(name, ft.Container(_column([make()]), height=520)) for name, make in states.items()]

    return made


SHOWN: Final[tuple[Shown, ...]] = (
    Shown(p.text, _texts),
    Shown(p.soft, lambda _: [("plain", p.soft(_("A warm welcome, as always.")))]),
    Shown(p.heading, lambda _: [("plain", p.heading(_("Before you approach")))]),
    Shown(p.button, _buttons),
    Shown(p.icon_button, lambda _: [("plain", ft.Row([p.icon_button(ft.Icons.ARROW_BACK, _("Back"), _nothing)]))]),
    Shown(p.tappable, lambda _: [
        (state, ft.Row([p.tappable(p.text(_("Show more")), _("Show more"), _nothing, selected=on, padding=14,
                                   bgcolor=C.PRIMARY_SOFT if on else C.SURFACE)]))
        for state, on in (("plain", False), ("chosen", True))
    ]),
    Shown(p.pill, lambda _: [
        ("plain", ft.Row([p.pill(p.text(_("Scan"), color=C.ON_PRIMARY), _("Scan"), _nothing, ground=C.PRIMARY,
                                 padding=ft.Padding.all(14))]))
    ]),
    Shown(p.field, _fields),
    Shown(p.search_field, lambda _: [("empty", p.search_field(_("Product name or JAN")))]),
    Shown(stock.variant_grid, lambda _: [("one chosen", stock.variant_grid(_, goods.SHEET, _nothing))]),
    Shown(stock.place_row, lambda _: [
        (name, stock.place_row(_, one, _nothing)) for name, one in goods.PLACES.items()
    ]),
    Shown(tabs.customers_or_products, lambda _: [
        (one, tabs.customers_or_products(_, one, _nothing)) for one in ("customers", "products")
    ]),
    Shown(p.chip, lambda _: [(tone, ft.Row([p.chip(_("Size {size}", size="M"), tone)])) for tone in _TONES]),
    Shown(p.chips, lambda _: [("many", p.chips(*(p.chip(_("Size {size}", size=n)) for n in range(30, 46))))]),
    Shown(p.card, _cards),
    Shown(p.apart, _apart),
    Shown(p.columns, _side_by_side),
    Shown(p.stack, _one_below_the_other),
    Shown(p.divided, lambda _: [("three", _column(p.divided([p.text(one) for one in "ABC"])))]),
    Shown(choice.choices, _choices),
    Shown(choice.tick_box, _tick_box),
    Shown(choice.switch, _switch),
    Shown(signature_field, _signature),
    Shown(tabs.tabs, lambda _: [
        ("second chosen", tabs.tabs({"a": _("Online interests"), "b": _("History so far")}, "b", _nothing))
    ]),
    Shown(p.customer_header, _headers),
    Shown(p.person_line, lambda _: [
        ("with badge and time", p.person_line(_.honour("佐々木"), "A1001", p.chip("M"), trailing=p.soft("10:32"))),
        ("alone", p.person_line(_.honour(given.LONG.name), "", strong=True)),
    ]),
    Shown(p.avatar, lambda _: [
        ("plain", ft.Row([p.avatar("佐")])), ("strong", ft.Row([p.avatar("佐", strong=True)])),
        ("inverse", ft.Row([p.avatar("佐", inverse=True)])),
    ]),
    Shown(p.complaint_chip, lambda _: [("in hand", ft.Row([p.complaint_chip(_, given.STAFF.id) or p.text("")]))]),
    Shown(p.rank_chip, lambda _: [("gold", ft.Row([p.rank_chip(_, given.CUSTOMER, {"gold": "ゴールド"}) or p.text("")]))]),
    Shown(customers.hit_row, _hits),
    Shown(consent.channel_chip, lambda _: [(one.value, ft.Row([consent.channel_chip(_, one)])) for one in Channel]),
    Shown(consent.consent_badge, lambda _: [
        *((one, ft.Row([consent.consent_badge(_, one)])) for one in ("granted", "refused", "unasked")),
        ("of the preferred channel", ft.Row([consent.consent_badge(_, "granted", Channel.LINE, preferred=True)])),
        ("of a channel", ft.Row([consent.consent_badge(_, "refused", Channel.EMAIL)])),
    ]),
    Shown(p.product_tile, _tiles),
    Shown(facts.picture, lambda _: [("none", ft.Row([facts.picture("", 60, 72)]))]),
    Shown(p.stock_chip, _stock),
    Shown(ProductPicker, lambda _: [
        ("one chosen, one offered", ProductPicker([given.DRESS], [given.KNIT], 3, _nothing)),
        ("full", ProductPicker([given.DRESS], [], 1, _nothing)),
    ]),
    Shown(figures.money, lambda _: [
        ("yen", figures.money(_, given.PRICE)), ("sum", figures.money(_, given.PRICE, strong=True)),
        ("dollars", figures.money(_, Money(amount=12990, currency="USD"))),
    ]),
    Shown(figures.full_day, lambda _: [
        ("Reiwa", figures.full_day(_, given.NOW)), ("first year", figures.full_day(_, given.NOW.replace(year=2019))),
        ("Showa", figures.full_day(_, given.NOW.replace(year=1985))),
    ]),
    Shown(p.freshness, lambda _: [
        ("today", p.freshness(_, given.NOW, _("Stock"))),
        ("old", p.freshness(_, given.NOW - timedelta(days=40), _("Stock"))), ("unknown", p.freshness(_, None)),
    ]),
    Shown(p.timeline_row, _rows),
    Shown(messages.message_state_chip, _message_states),
    Shown(messages.local_chip, lambda _: [
        ("online", ft.Row([messages.local_chip(_, online=True)])),
        ("offline", ft.Row([messages.local_chip(_, online=False)])),
    ]),
    Shown(stops.stop_lines, lambda _: [
        ("by staff", _column(stops.stop_lines(_, given.stop(by_staff=True)))),
        ("by the customer", _column(stops.stop_lines(_, given.stop(by_staff=False)))),
    ]),
    Shown(pauses.pause_note, _pauses),
    Shown(p.sync_badge, _sync),
    Shown(p.dot, lambda _: [(tone, ft.Row([p.dot(tone)])) for tone in _TONES]),
    Shown(progress_bar, lambda _: [("a third", progress_bar(_, 0.33)), ("unknown", progress_bar(_, None))]),
    Shown(transfer_bar, lambda _: [
        ("being built", _column(transfer_bar(_, Transfer(True, 250, 1000)))),
        ("being fetched", _column(transfer_bar(_, Transfer(False, 2_000_000, 8_000_000, 40)))),
    ]),
    Shown(p.empty_state, _empties),
    Shown(p.point, lambda _: [("plain", p.point(_("No message is waiting to be sent.")))]),
    Shown(p.closed_state, lambda _: [("plain", p.closed_state(_))]),
    Shown(p.error_panel, lambda _: [("plain", p.error_panel(_, _nothing))]),
    *(Shown(one, _waiting(states)) for one, states in _SKELETONS.items()),
)  # fmt: skip
