"""The profile: who she is, what helps before speaking to her, her interests with stock, and what happened so far."""

from collections.abc import Callable
from functools import partial

import flet as ft

from clienteling.actions.identify import check_in
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.profile import Profile as View
from clienteling.queries.profile import load_profile
from clienteling.routes import message_route
from clienteling.theme import S, T
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, chip, chips, error_panel, soft, text
from clienteling.ui.parts.skeletons import KNOWN, PAST, profile_skeleton
from clienteling.ui.parts.stops import stop_lines
from clienteling.ui.parts.tabs import tabs
from clienteling.ui.screens.contact_shown import CONTACT, contact_shown
from clienteling.ui.screens.not_here import not_here
from clienteling.ui.screens.profile_about import about, about_card, identity
from clienteling.ui.screens.profile_belongings import belongings
from clienteling.ui.screens.profile_history import History, purchases
from clienteling.ui.screens.profile_interest import interest
from clienteling.ui.screens.profile_question import OneQuestion
from clienteling.ui.screens.profile_slips import open_slips, slips
from clienteling.ui.screens.profile_unverified import unverified_card
from clienteling.ui.screens.promise_rows import promise_rows
from clienteling.ui.screens.withheld import Withheld
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.outreach import Cause
from sync.policy.one_question import next_question


@component
def Profile(customer_id: str, tab: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_profile(
            tablet.device.cache,
            customer_id,
            shop=directory.shop,
            now=now,
            zone=directory.zone,
            playbook=directory.playbook,
        ),
        [customer_id],
    )
    shown, set_shown = ft.use_state(tab)
    use_view(query.value.facts.customer.id if query.value else None)
    if query.error is not None and query.value is None:
        return frame(_("Customer"), error_panel(_, again), back=tablet.origin)
    if query.loading:
        return frame(_("Customer"), profile_skeleton(session.width), back=tablet.origin)
    if query.value is None:
        return frame(_("Customer"), not_here(_, tablet), back=tablet.origin)
    body = _body(tablet, _, query.value, session.width, shown, set_shown)
    if session.unverified == query.value.facts.customer.id:
        body = ft.Column([unverified_card(_, tablet, session.unverified), body], spacing=S.GAP, expand=True)
    elif (here := query.value.here) is not None:
        facts = query.value.facts
        asked = next_question(facts.customer, here, facts.visits)
        if asked is not None:
            body = ft.Column(
                [keyed(here.id, OneQuestion, facts.customer, here, asked), body], spacing=S.GAP, expand=True
            )
    return frame(_("Customer"), body, back=tablet.origin)


def _body(tablet: Tablet, _: Words, view: View, width: float, tab: str, set_tab: Callable[[str], object]) -> ft.Control:
    narrow = width < S.NARROW_BELOW
    top = card(identity(_, view, narrow=narrow), padding=16)
    now = _now(tablet, _, view)
    parts = {
        "web": _("Viewed"),
        "bought": _("Bought {n}", n=len(view.orders)),
        "belongings": _("Owned {n}", n=len(view.pieces)),
        "slips": _("Slips {n}", n=len(open_slips(view))),
    }
    views: dict[str, Callable[[Words, View], ft.Control]] = {
        "web": interest,
        "bought": partial(purchases, tablet),
        "belongings": partial(belongings, tablet),
        "slips": partial(slips, tablet),
    }
    if width >= S.WIDE_FROM:
        shown = tab if tab in parts else "web"
        middle = views[shown](_, view)
        columns = ft.Row(
            [
                ft.Column(
                    [now, *_promises(_, view), _about(tablet, _, view)],
                    width=300,
                    spacing=S.GAP,
                    scroll=ft.ScrollMode.AUTO,
                ),
                card(tabs(parts, shown, set_tab), middle, expand=KNOWN, scroll=True),
                card(
                    keyed(f"history:{view.facts.customer.id}", History, view, True),
                    title=_("History so far"),
                    aside=_("{n} entries", n=len(view.timeline)),
                    expand=PAST,
                    fill=True,
                ),
            ],
            spacing=S.GAP,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        return ft.Column([top, columns], spacing=S.GAP, expand=True)
    parts |= {"history": _("History so far"), "about": _("About the customer")}
    views |= {
        "history": lambda _, view: keyed(f"history:{view.facts.customer.id}", History, view, not narrow),
        "about": partial(_about, tablet, alone=False),
    }
    shown = tab if tab in parts else "web"
    inside = views[shown](_, view)
    if narrow:  # too little height for a part that scrolls in itself: the whole screen does
        return ft.Column(
            [top, now, *_promises(_, view), card(tabs(parts, shown, set_tab), inside)],
            spacing=S.EDGE_NARROW,
            scroll=ft.ScrollMode.AUTO,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Column(
        [
            top,
            now,
            *_promises(_, view),
            card(tabs(parts, shown, set_tab), inside, expand=True, scroll=shown != "history", fill=shown == "history"),
        ],
        spacing=S.GAP,
        expand=True,
    )


def _promises(_: Words, view: View) -> list[ft.Control]:
    """What the customer was told and waits for; nothing where nothing is open."""
    rows = promise_rows(view.promises, named=False)
    return [card(*rows, title=_("Still to be kept"), tone="caution", padding=14)] if rows else []


def _about(tablet: Tablet, _: Words, view: View, *, alone: bool = True) -> ft.Control:
    """Who the customer is, and the way to being left in peace, or out of it; a card if it stands `alone`."""
    label, icon = (
        (_("Leave in peace…"), ft.Icons.NOTIFICATIONS_OFF_OUTLINED)
        if view.stop is None
        else (_("Write again…"), ft.Icons.NOTIFICATIONS_NONE)
    )
    way = button(label, lambda: tablet.go(f"/customers/{view.facts.customer.id}/contact"), icon=icon, kind="plain")
    customer = view.facts.customer
    ledger = button(
        _("What the customer agreed to"),
        lambda: tablet.go(f"/customers/{customer.id}/consents"),
        icon=ft.Icons.FACT_CHECK_OUTLINED,
        kind="plain",
    )
    line = button(
        _("Connect with LINE"),
        lambda: tablet.go(f"/customers/{customer.id}/line"),
        icon=ft.Icons.ADD_LINK,
        kind="plain",
    )
    contact = [contact_shown(customer, field) for field in CONTACT if getattr(customer, field)]
    path = button(
        _("The way so far"), lambda: tablet.go(f"/customers/{customer.id}/way"), icon=ft.Icons.TIMELINE, kind="plain"
    )
    ways = [path, way, *([] if customer.line_user_id else [line]), ledger]
    return about_card(_, view, *ways, contact=contact) if alone else about(_, view, *ways, contact=contact)


def _now(tablet: Tablet, _: Words, view: View) -> ft.Control:
    """What to do now, and why; or why to leave her alone. Both as visible as each other."""
    proposal = view.first_reason
    calm = view.alone is not None
    lines: list[ft.Control] = []
    if proposal is not None:
        lines.append(text(_.code("cause_now", proposal.cause), size=T.TITLE, bold=True, height=1.4))
        lines.append(text(_.reason(proposal.evidence)))
    elif not calm:
        lines.append(text(_("Nothing special today"), size=T.TITLE, bold=True, height=1.4))
        lines.append(text(_("A warm welcome, as always.")))
    if view.stop is not None:
        lines.append(chips(chip(_("No messages to this customer"), "accent", icon=ft.Icons.NOTIFICATIONS_OFF_OUTLINED)))
        lines += [*stop_lines(_, view.stop), keyed(view.stop.id, Withheld, view.stop)]
    elif view.alone is not None:
        lines.append(chips(chip(_("Better not to contact now"), "caution", icon=ft.Icons.DO_NOT_DISTURB_ON_OUTLINED)))
        lines.append(text(_.reason(view.alone)))
    if view.next_appointment is not None and (proposal is None or proposal.cause is not Cause.APPOINTMENT):
        one = view.next_appointment
        lines.append(soft(_("Next appointment {at:datetime} {subject}", at=one.at, subject=one.subject)))
    customer = view.facts.customer
    cause = proposal.cause.value if proposal is not None and proposal.channel is not None else ""
    actions: list[ft.Control] = [
        button(
            _("Note this meeting"),
            lambda: tablet.go(f"/customers/{customer.id}/note"),
            kind="filled",
            icon=ft.Icons.EDIT_NOTE,
            expand=True,
        ),
    ]
    if view.stop is None:  # nothing may go, not even an answer: the lines above say so, no form is offered that refuses
        actions.append(
            button(
                _("Write a message"),
                lambda: tablet.go(message_route(customer.id, cause=cause)),
                icon=ft.Icons.CHAT_BUBBLE_OUTLINE,
                expand=True,
            )
        )
    actions.append(
        button(
            _("Promise something"),
            lambda: tablet.go(f"/customers/{customer.id}/promises"),
            icon=ft.Icons.HANDSHAKE_OUTLINED,
            expand=True,
        )
    )
    if view.here is not None:
        actions.append(
            button(
                _("Visit: {n} on the tray", n=len(view.here.tray)),
                lambda: tablet.go(f"/customers/{customer.id}/visit"),
                kind="soft",
                icon=ft.Icons.CHECKROOM_OUTLINED,
                expand=True,
            )
        )
    if view.here is None:
        actions.append(
            button(
                _("Check in"),
                lambda: tablet.run(check_in, tablet, customer.id, "", "staff"),
                icon=ft.Icons.MEETING_ROOM_OUTLINED,
                expand=True,
            )
        )
    beside = 2 if S.NARROW_BELOW <= tablet.session.width < S.WIDE_FROM else 1
    row: list[ft.Control] = [
        ft.Row(actions[at : at + beside], spacing=S.GAP_SMALL) for at in range(0, len(actions), beside)
    ]
    return card(
        *lines,
        ft.Column(row, spacing=S.GAP_SMALL),
        title=_("Before you approach"),
        tone="accent" if proposal is not None and not calm else None,
    )
