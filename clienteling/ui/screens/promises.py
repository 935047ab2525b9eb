"""お約束帳: what this shop promised its customers, and the same of one customer with a way to promise more."""

import flet as ft

from clienteling.context import use_pulse, use_session, use_tablet, use_words
from clienteling.queries.contact import load_contact
from clienteling.queries.promises import promises_to, shop_promises
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, closed_state, columns, empty_state, error_panel, stack
from clienteling.ui.parts.skeletons import form_skeleton, list_skeleton
from clienteling.ui.screens.not_here import not_here
from clienteling.ui.screens.promise_new import PromiseForm
from clienteling.ui.screens.promise_rows import promise_rows
from clienteling.ui.shell import frame


@component
def PromiseBook(**_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    directory, staff_id = pulse.directory, session.staff_id
    query, again = use_query(
        lambda: shop_promises(
            tablet.device.cache, staff_id=staff_id, shop_id=directory.shop_id, now=tablet.now(), zone=directory.zone
        ),
        [staff_id],
    )
    title = _("Promises")
    if pulse.shut:
        return frame(title, closed_state(_), back="/")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back="/")
    if query.value is None:
        return frame(title, list_skeleton(3, "none", act=104, groups=2), back="/", scroll=True)
    found = query.value
    if not found.mine and not found.others:
        nothing = empty_state(
            _("No open promises"),
            _("Promise something on the customer's own screen; it stands here until it is kept."),
            button(_("Search"), lambda: tablet.go("/search"), kind="filled", icon=ft.Icons.SEARCH),
            icon=ft.Icons.HANDSHAKE_OUTLINED,
        )
        return frame(title, nothing, back="/")
    parts: list[ft.Control] = [
        card(
            *(
                promise_rows(found.mine, named=True)
                or [empty_state(_("You have kept all of yours"), icon=ft.Icons.TASK_ALT)]
            ),
            title=_("Yours: {n}", n=len(found.mine)),
        )
    ]
    if found.others:
        late = len(found.overdue_of_others)
        parts.append(
            card(
                *promise_rows(found.others, named=True),
                title=_("Colleagues': {n}", n=len(found.others)),
                aside=_("{n} overdue", n=late) if late else "",
            )
        )
    return frame(title, stack(parts), back="/", scroll=True)


@component
def CustomerPromises(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    now, directory = tablet.now(), pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    back, title = f"/customers/{customer_id}", _("Promises")
    customer = query.value.facts.customer if query.value else None
    given, _again = use_query(
        lambda: promises_to(tablet.device.cache, customer, now, directory.zone) if customer else (),
        [customer.id if customer else ""],
    )
    use_view(customer.id if customer else None)
    if query.error is not None and customer is None:
        return frame(title, error_panel(_, again), back=back)
    if customer is None and not query.loading:
        return frame(title, not_here(_, tablet), back="/search")
    if customer is None:
        return frame(title, form_skeleton(1, choices=2), back=back, scroll=True)
    form = card(keyed(customer_id, PromiseForm, customer_id, None), title=_("What did you promise?"))
    rows = promise_rows(given.value or (), named=False)
    stands = card(
        *(rows or [empty_state(_("Nothing promised that is still open"), icon=ft.Icons.TASK_ALT)]),
        title=_("Still to be kept"),
    )
    if session.width >= S.WIDE_FROM:
        body: ft.Control = columns(form, stands, shares=(3, 2))
    else:
        body = stack([form, stands])
    return frame(_("Promises to {name}", name=_.honour(customer.name)), body, back=back, scroll=True)
