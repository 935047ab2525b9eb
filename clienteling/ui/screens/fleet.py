"""The devices of the shop, for its manager: what each last told, the browsers of this shop host, and how one is taken out."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import flet as ft
import structlog

from clienteling.actions.fleet import revoke_device
from clienteling.context import call, off_loop, use_session, use_tablet, use_words
from clienteling.state import is_manager
from clienteling.theme import C, S, T
from clienteling.trace import where
from clienteling.ui.component import Query, component, keyed, use_once
from clienteling.ui.parts import button, card, chip, chips, empty_state, error_panel, heading, point, soft, text
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.screens.fleet_browsers import BrowserList
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.errors import NotAllowed, Unavailable
from sync.model.fleet import Fleet, FleetDevice, Quarantined

log = structlog.get_logger("clienteling.ui")

QUIET_FOR = timedelta(hours=24)
"""A tablet in use syncs all day: after this it is lost, broken or in a drawer."""


def use_fleet() -> tuple[Query[Fleet], Callable[[], None]]:
    """Hook: ask the server once, and again when told to: each look is on record there, so nothing asks by itself."""
    tablet, session = use_tablet(), use_session()
    query, set_query = ft.use_state(Query[Fleet]())
    nonce, set_nonce = ft.use_state(0)

    async def run() -> None:
        try:
            found = await off_loop(tablet.device.managing.fleet, session.staff_id or "")
        except Exception as error:
            failed = error  # the clause takes its own name away at its end
            log.warning("fleet_not_read", error=where(failed))
            set_query(lambda before: Query(before.value, failed, True))
        else:
            set_query(Query(found, None, True))

    ft.use_effect(run, [nonce])
    return query, lambda: set_nonce(lambda count: count + 1)


@component
def FleetPage(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    query, again = use_fleet()
    title = _("Shop devices")
    if not is_manager(tablet.staff):
        return frame(
            title, empty_state(_("Only a manager of this shop may do this."), icon=ft.Icons.LOCK_OUTLINED), back="/"
        )
    parts: list[ft.Control] = []
    if isinstance(query.error, Unavailable):
        parts.append(
            card(
                empty_state(
                    _("The list comes from the server, which cannot be reached."),
                    _("What is shown is of {at:datetime}", at=query.value.server_time)
                    if query.value
                    else _("As soon as the network is back it can be read."),
                    button(_("Try again"), again, icon=ft.Icons.REFRESH),
                    icon=ft.Icons.CLOUD_OFF_OUTLINED,
                )
            )
        )
    elif isinstance(query.error, NotAllowed):
        parts.append(empty_state(_("Only a manager of this shop may do this."), icon=ft.Icons.LOCK_OUTLINED))
    elif query.error is not None:
        parts.append(error_panel(_, again))
    elif query.value is None:
        parts.append(list_skeleton(3, "none", lines=3))
    if query.value is not None:
        parts += _lists(_, query.value, again, tablet.go, narrow=session.width < S.NARROW_BELOW)
    parts.append(keyed("browsers", BrowserList))
    return frame(
        title,
        ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        actions=[button(_("Add a device"), call(tablet.go, "/fleet/add"), icon=ft.Icons.ADD, kind="soft")],
        back="/sync",
        scroll=True,
    )


def _lists(
    _: Words, fleet: Fleet, again: Callable[[], None], go: Callable[[str], object], *, narrow: bool
) -> list[ft.Control]:
    active = [one for one in fleet.devices if one.revoked_at is None]
    out = [one for one in fleet.devices if one.revoked_at is not None]
    made: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(heading(_("{n} in use", n=len(active))), expand=True),
                soft(_("As of {at:time}", at=fleet.server_time)),
                button(_("Read again"), again, icon=ft.Icons.REFRESH, kind="plain"),
            ],
            spacing=S.GAP_SMALL,
        ),
        *(keyed(one.id, DeviceCard, one, again) for one in active),
    ]
    if fleet.quarantined:
        made.append(_quarantine(_, fleet.quarantined, go, narrow=narrow))
    if out:
        made += [heading(_("{n} out of use", n=len(out))), *(keyed(one.id, DeviceCard, one, again) for one in out)]
    return made


def _quarantine(_: Words, kept: Sequence[Quarantined], go: Callable[[str], object], *, narrow: bool) -> ft.Control:
    """What somebody has to look at: said by a chip at each, since the card is one of several."""

    def line(one: Quarantined) -> ft.Control:
        said = _(
            "{name}: {n} entries, handed in {at:datetime}", name=one.device_name, n=one.commands, at=one.received_at
        )
        look = button(
            _("Look at what {name} handed in", name=one.device_name),
            call(go, f"/fleet/quarantine/{one.device_id}"),
            icon=ft.Icons.FACT_CHECK_OUTLINED,
            kind="soft",
        )
        what = ft.Column([text(said), ft.Row([chip(_("to look at"), "caution")])], spacing=4, expand=not narrow or None)
        if narrow:
            return ft.Column([what, ft.Row([look], wrap=True)], spacing=S.GAP_SMALL)
        return ft.Row([what, look], spacing=S.GAP_SMALL, vertical_alignment=ft.CrossAxisAlignment.CENTER)

    return card(
        text(
            _("It was handed in by devices that are out of use. Nothing of it counts until somebody has looked at it.")
        ),
        *map(line, kept),
        title=_("Unsent work to look at"),
        spacing=12,
    )


@component
def DeviceCard(device: FleetDevice, again: Callable[[], None]) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    asking, ask = ft.use_state(False)
    start = use_once(asking)
    own, out = device.id == tablet.device.device_id, device.revoked_at is not None

    def done() -> None:
        ask(False)
        again()

    marks: list[ft.Control] = []
    if own:
        marks.append(chip(_("This device"), "primary"))
    if out:
        marks.append(chip(_("Out of use since {at:date}", at=device.revoked_at), "error"))
    elif device.seen_at is None or tablet.now() - device.seen_at > QUIET_FOR:
        marks.append(chip(_("Not heard of for a day"), "caution"))
    narrow = session.width < S.NARROW_BELOW
    act = (
        [button(_("Take {name} out of use", name=device.name), call(ask, True), danger=True)]
        if not (out or asking)
        else []
    )
    top = ft.Row(
        [
            ft.Icon(ft.Icons.TABLET_ANDROID, size=26, color=C.INK_SOFT if out else C.PRIMARY),
            ft.Column([text(device.name, bold=True, size=17, height=1.4), *([chips(*marks)] if marks else [])],
                      spacing=4, expand=True),
            *([] if narrow else act),
        ],
        spacing=14,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )  # fmt: skip
    facts = ft.Row(
        [_fact(label, value, tone, round((156 if narrow or session.width >= S.WIDE_FROM else 172) * session.letters)) for label, value, tone in _facts(_, device)],
        wrap=True, spacing=12, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip
    return card(
        top,
        facts,
        *([ft.Row(act, wrap=True)] if narrow and act else []),  # beside a name there is no room
        *([_question(_, device, own=own, yes=lambda: start(revoke_device, tablet, device, done), no=call(ask, False))] if asking else []),
        spacing=14,
    )  # fmt: skip


def _facts(_: Words, device: FleetDevice) -> list[tuple[str, str, str]]:
    unknown = _("Not known")
    if device.unsent is None:
        unsent, tone = unknown, C.INK_SOFT
    elif device.unsent == 0:
        unsent, tone = _("None"), C.INK
    else:
        oldest = device.oldest_unsent_at
        unsent = (
            _("{n}, since {at:datetime}", n=device.unsent, at=oldest) if oldest else _("{n} entries", n=device.unsent)
        )
        tone = C.CAUTION
    battery = unknown if device.battery is None else _("{n}%", n=device.battery)
    low = device.battery is not None and device.battery <= 15
    synced = device.synced_at
    return [
        (_("Last sync"), _.date_time(synced) if synced else unknown, C.INK if synced else C.INK_SOFT),
        (_("Unsent"), unsent, tone),
        (_("Battery"), battery, C.CAUTION if low else C.INK if device.battery is not None else C.INK_SOFT),
        (_("Version"), device.version or unknown, C.INK if device.version else C.INK_SOFT),
        (_("Joined"), _.date(device.enrolled_at), C.INK),
        *([(_("Serial number"), device.serial, C.INK)] if device.serial else []),
    ]


def _fact(label: str, value: str, tone: str, width: int) -> ft.Control:
    return ft.Container(
        ft.Column([soft(label, size=T.SMALL, height=1.3), text(value, color=tone, height=1.35)], spacing=2), width=width
    )


def _question(
    _: Words, device: FleetDevice, *, own: bool, yes: Callable[[], None], no: Callable[[], None]
) -> ft.Control:
    follows = [
        _("It is signed out, and the customers on it are removed: with the network within a minute, without it as soon as it is back or its time has run out."),
        _("{n} entries on it were not sent. They stay sealed on it; when it hands them in you decide about them here.", n=device.unsent)
        if device.unsent
        else _("What was entered on it and not sent yet stays sealed on it; when it hands that in you decide about it here."),
        _("This cannot be taken back. To be used again it has to join with a new code."),
    ]  # fmt: skip
    if own:
        follows.insert(0, _("You are working on this very device: you are signed out at once."))
    return ft.Container(
        ft.Column(
            [
                ft.Semantics(live_region=True, content=heading(_("Take {name} out of use?", name=device.name), color=C.ERROR)),
                *(point(one) for one in follows),
                ft.Row(
                    [
                        button(_("Take it out of use"), yes, kind="outline", danger=True, icon=ft.Icons.BLOCK),
                        button(_("Cancel"), no, kind="plain"),
                    ],
                    wrap=True, spacing=S.GAP_SMALL,
                ),
            ],
            spacing=S.GAP_SMALL,
        ),
        bgcolor=C.SUNKEN, border_radius=S.RADIUS, padding=18,
    )  # fmt: skip
