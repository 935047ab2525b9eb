"""The consent ledger of a customer, to be read: what was said about which channel, when, where, to whom, in which words."""

import flet as ft

from clienteling.context import use_tablet, use_words
from clienteling.queries.contact import load_contact
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import card, chip, chips, divided, empty_state, error_panel, heading, soft, text
from clienteling.ui.parts.consent import channel_chip, consent_badge
from clienteling.ui.parts.figures import full_day
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import Consent
from sync.policy.consent import spoken

_FILES = "files"
"""Where an import came from that has no name of its own."""


@component
def Consents(customer_id: str, **_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    title, back = _("What the customer agreed to"), f"/customers/{customer_id}"
    use_view(query.value.facts.customer.id if query.value else None)
    if query.value is None:
        return frame(
            title,
            error_panel(_, again) if query.error is not None else list_skeleton(4, "none", lines=3),
            back=back,
            scroll=True,
        )
    facts = query.value.facts
    entries = sorted(
        (one for one in facts.consents if spoken(one) is not None), key=lambda one: (one.at, one.id), reverse=True
    )
    if not entries:
        return frame(title, empty_state(_("Nobody has asked yet"), "", icon=ft.Icons.FACT_CHECK_OUTLINED), back=back)
    lead = soft(_("Entries are only added. What holds is the latest; a stop holds until the customer lifts it."))
    rows = divided([_row(_, one) for one in entries])
    body = card(heading(_.honour(facts.customer.name)), lead, *rows, spacing=S.GAP_SMALL)
    return frame(title, body, back=back, scroll=True)


def _row(_: Words, entry: Consent) -> ft.Control:
    channel = channel_chip(_, entry.channel) if entry.channel else chip(_("every channel"))
    where = _.code("consent_source", entry.source)
    said = [where, entry.origin] if entry.origin and entry.origin != _FILES else [where]
    if entry.recorded_by:
        said.append(_("recorded by {staff:name}", staff=entry.recorded_by))
    if entry.wording_version:
        said.append(_("wording {version}", version=entry.wording_version))
    lines: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(chips(channel, text(_.code("purpose", entry.purpose), bold=True)), expand=True),
                consent_badge(_, entry.state),
            ]
        )
    ]
    if entry.wording:
        lines.append(text(_("“{words}”", words=entry.wording)))
    lines.append(chips(full_day(_, entry.at), soft(" · ".join([_.time(entry.at), *said]))))
    return ft.Column(lines, spacing=2)
