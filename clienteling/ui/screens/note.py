"""The note about a meeting: two taps and a few words."""

from dataclasses import dataclass, replace
from typing import Any

import flet as ft
from pydantic import TypeAdapter

from clienteling.actions.interactions import log_interaction, note_draft
from clienteling.context import use_session, use_tablet, use_words
from clienteling.queries.contact import load_contact
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_once, use_query
from clienteling.ui.drafts import Form, draft_line, use_kept_draft
from clienteling.ui.parts import button, card, error_panel, field, soft, text
from clienteling.ui.parts.choice import choices, switch
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.reach import Acts
from clienteling.ui.shell import frame
from sync.model.catalogue import Product
from sync.model.customer import Feeling

TAGS = (
    "fitting",
    "size",
    "alteration",
    "styling",
    "gift",
    "event",
    "travel",
    "stock",
    "care",
    "complaint",
    "complaint_resolved",
    "return",
    "return_settled",
    "recommended",
    "bereavement",
)
LONGEST = 4000
MOST_PRODUCTS = 12


@dataclass(frozen=True)
class Draft:
    """What the screen holds of the note."""

    tags: tuple[str, ...] = ()
    feeling: str = ""
    text: str = ""
    products: tuple[Product, ...] = ()
    confidential: bool = False


FORM = Form(TypeAdapter(Draft), may=lambda one: not one.confidential)
"""Confidential words are for their writer and managers: no disk of a shared tablet holds them."""


@component
def Note(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    route = f"/customers/{customer_id}/note"
    kept = use_kept_draft(note_draft(customer_id), customer_id, Draft(), FORM, route)
    draft, held, write = kept.draft, kept.held, kept.write
    start = use_once()
    wanting, set_wanting = ft.use_state(False)
    back = f"/customers/{customer_id}"
    use_view(query.value.facts.customer.id if query.value else None)
    if query.error is not None and query.value is None:
        return frame(_("Note"), error_panel(_, again), back=back)
    if query.value is None:
        return frame(_("Note"), form_skeleton(2, choices=2), back=back, scroll=True)

    def put(**parts: Any) -> None:
        write(replace(held.current, **parts))

    def toggle(tag: str) -> None:
        tags = held.current.tags
        put(tags=tuple(one for one in tags if one != tag) if tag in tags else (*tags, tag))

    def feel(code: str) -> None:
        put(feeling="" if code == held.current.feeling else code)

    def save() -> None:
        now_held = held.current
        if not (now_held.tags or now_held.feeling or now_held.text.strip() or now_held.products):
            set_wanting(True)
            return
        start(
            log_interaction,
            tablet,
            customer_id,
            text=now_held.text,
            tags=now_held.tags,
            product_ids=[one.id for one in now_held.products],
            feeling=Feeling(now_held.feeling) if now_held.feeling else None,
            confidential=now_held.confidential,
        )

    form: list[ft.Control] = [
        card(
            text(_.honour(query.value.facts.customer.name), bold=True, size=19),
            *draft_line(_, kept.let_go),
            text(_("What was it about?"), bold=True),
            choices([(tag, _.code("tag", tag)) for tag in TAGS], draft.tags, toggle),
            text(_("How did the customer feel?"), bold=True),
            choices(
                [(one.value, _.code("feeling", one)) for one in Feeling],
                [draft.feeling],
                feel,
            ),
            field(
                _("Your note"),
                hint=_("What the next colleague should know"),
                value=draft.text,
                on_change=lambda event: put(text=event.control.value or ""),
                multiline=True,
                min_lines=4,
                max_lines=10,
                max_length=LONGEST,
            ),
            switch(
                _("Confidential: the words are for you and managers only"),
                draft.confidential,
                lambda on: put(confidential=on),
            ),
            *([soft(_("Not kept as a draft: save it before you leave this tablet"))] if draft.confidential else []),
            *([soft(_("A tag, a feeling or a few words are needed"), color=ft.Colors.ERROR)] if wanting else []),
            Acts(button(_("Save the note"), save, kind="filled", icon=ft.Icons.CHECK, big=True)),
            spacing=S.GAP,
        ),
        card(
            ProductPicker(
                list(draft.products), query.value.products, MOST_PRODUCTS, lambda chosen: put(products=tuple(chosen))
            ),
            title=_("Products shown"),
        ),
    ]
    if session.width >= S.WIDE_FROM:
        form[0].expand, form[1].expand = 3, 2
        body: ft.Control = ft.Row(form, spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START)
    else:
        body = ft.Column(form, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(_("Note"), body, back=back, scroll=True)
