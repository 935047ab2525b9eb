"""The form behind a hold, a request to another shop, or an order to her home: until when, and for whom."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from clienteling.actions.holds import place_hold
from clienteling.context import call, use_pulse, use_tablet, use_words
from clienteling.device import Device
from clienteling.queries.search import Hit, search
from clienteling.queries.stock_sheet import Place, until_choices
from clienteling.theme import C, S
from clienteling.ui.component import component, use_box, use_once, use_query
from clienteling.ui.parts import button, card, divided, search_field, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.customers import hit_row
from clienteling.ui.parts.names import variant_words
from clienteling.ui.parts.stock import place_name
from clienteling.ui.reach import Acts
from clienteling.ui.sought import people_sought
from clienteling.words import Words
from sync.model.catalogue import Variant
from sync.model.customer import Customer
from sync.model.holds import HoldWay

_OFFERED = 5


@component
def HoldForm(variant: Variant, way: HoldWay, place: Place, customer_id: str, close: Callable[[], object]) -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    ends = until_choices(pulse.directory.shop, tablet.now())
    until, show_until = ft.use_state(ends[1] if len(ends) > 1 and way is HoldWay.KEEP else ends[-2])
    whom, show_whom = ft.use_state(customer_id)
    chosen = use_box((until, whom))  # taps may come faster than renders
    wanting, set_wanting = ft.use_state(False)
    start = use_once()

    def set_until(code: str) -> None:
        chosen.current = datetime.fromisoformat(code), chosen.current[1]
        show_until(chosen.current[0])

    def set_whom(customer: str) -> None:
        chosen.current = chosen.current[0], customer
        show_whom(customer)

    async def save() -> None:
        end, customer = chosen.current
        if await place_hold(
            tablet, way=way, variant_id=variant.id, shop_id=place.shop.id, customer_id=customer or None, until=end
        ):
            close()

    def press() -> None:
        if way is HoldWay.HOME and not chosen.current[1]:
            set_wanting(True)
            return
        start(save)

    shop = place_name(_, place)
    title, label = {
        HoldWay.KEEP: (_("Hold here"), _("Hold it")),
        HoldWay.SEND: (_("Ask {shop} to send it here", shop=shop), _("Ask {shop}", shop=shop)),
        HoldWay.HOME: (_("Send it home from {shop}", shop=shop), _("Order it")),
    }[way]
    return card(
        text(variant_words(_, variant), bold=True, size=17),
        text(_("Until when?") if way is not HoldWay.HOME else _("By when should it be sent?"), bold=True),
        choices(
            [(end.isoformat(), _until(_, end)) for end in ends],
            [until.isoformat()],
            set_until,
        ),
        Whom(whom, set_whom, way is HoldWay.HOME),
        *([text(_("Say for whom: it goes to the customer's home."), color=C.ERROR)] if wanting and not whom else []),
        *(
            []
            if pulse.online
            else [soft(_("Offline: other shops see it once connected, and somebody may be faster until then."))]
        ),
        Acts(
            button(label, press, kind="filled", big=True, icon=ft.Icons.CHECK),
            button(_("Cancel"), close, kind="plain"),
        ),
        title=title,
        spacing=S.GAP,
    )


@component
def Whom(customer_id: str, choose: Callable[[str], object], needed: bool) -> ft.Control:
    """For a customer, found as one types, or for nobody yet."""
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    typed, set_typed = ft.use_state("")
    query, _again = use_query(lambda: _find(tablet.device, customer_id, typed), [customer_id, typed])
    known, hits = query.value or (None, ())

    def take(hit: Hit) -> None:
        set_typed("")
        choose(hit.customer_id)

    if customer_id:
        name = _.honour(known.name) if known is not None else _("A customer who is not on this tablet")
        return ft.Column(
            [
                text(_("For whom?"), bold=True),
                ft.Row(
                    [text(name, expand=True), button(_("Somebody else"), call(choose, ""), kind="plain")],
                    spacing=S.GAP_SMALL,
                ),
            ],
            spacing=6,
        )
    return ft.Column(
        [
            text(_("For whom?"), bold=True),
            *([] if needed else [soft(_("Leave it empty while it is for nobody yet."))]),
            ft.Row(
                [
                    search_field(
                        people_sought(_, tablet.session.width),
                        value=typed,
                        on_change=lambda event: set_typed(str(event.data or "")),
                        expand=True,
                    )
                ]
            ),
            *divided([hit_row(_, hit, pulse.directory, call(take, hit)) for hit in hits]),
            *([soft(_("No match on this tablet"))] if typed.strip() and query.done and not hits else []),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _find(device: Device, customer_id: str, typed: str) -> tuple[Customer | None, tuple[Hit, ...]]:
    found = device.cache.record("customer", customer_id) if customer_id else None
    return found if isinstance(found, Customer) else None, search(device, typed)[:_OFFERED]


def _until(_: Words, end: datetime) -> str:
    return _("until {end:datetime}", end=end)
