"""The note about a meeting: two taps and a few words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import flet as ft

from clienteling.actions.interactions import log_interaction
from clienteling.actions.visit import drop_given
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.note_draft import FORM, LONGEST, MOST_PRODUCTS, NoteDraft, note_key, taken_up
from clienteling.queries.note import Given, load_note
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_once, use_query
from clienteling.ui.drafts import draft_line, use_kept_draft
from clienteling.ui.parts import button, card, columns, error_panel, field, soft, stack, text
from clienteling.ui.parts.choice import choices, switch
from clienteling.ui.parts.names import product_name
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.reach import form_foot
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import Feeling, VisitDraft

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


@component
def Note(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    me, cache = session.staff_id or "", tablet.device.cache
    query, again = use_query(
        lambda: load_note(cache, customer_id, directory.shop, now, directory.zone, directory.playbook, me),
        [customer_id, me],
    )
    route = f"/customers/{customer_id}/note"
    kept = use_kept_draft(note_key(customer_id), customer_id, NoteDraft(), FORM, route)
    held, write = kept.held, kept.write
    dropped, drop = ft.use_state(cast("VisitDraft | None", None))
    start = use_once()
    wanting, set_wanting = ft.use_state(False)
    back = f"/customers/{customer_id}"
    use_view(query.value.contact.facts.customer.id if query.value else None)
    if query.error is not None and query.value is None:
        return frame(_("Note"), error_panel(_, again), back=back)
    if query.value is None:
        return frame(_("Note"), form_skeleton(2, choices=2), back=back, scroll=True)

    contact, given = query.value.contact, query.value.given
    if given is not None and given.draft == dropped:  # the cache has not been read again since
        given = None
    offered = taken_up(NoteDraft(), given.draft, given.things) if given is not None else NoteDraft()

    def latest() -> NoteDraft:
        return held.current if held.current != NoteDraft() else offered

    draft = kept.draft if kept.draft != NoteDraft() else offered
    beside = given if given is not None and draft.taken != given.draft else None

    def put(**parts: Any) -> None:
        write(replace(latest(), **parts))

    def take(found: Given) -> None:
        write(taken_up(held.current, found.draft, found.things))

    def let_go(found: Given) -> None:
        was, goes_on = held.current, held.current.taken == found.draft

        def restore() -> None:
            drop(None)
            if (session.staff_id or "") == me:
                if goes_on:
                    write(was)
                tablet.go(route)

        if goes_on:
            write(NoteDraft())
        drop(found.draft)
        tablet.run(drop_given, tablet, found.visit, restore)

    def toggle(tag: str) -> None:
        tags = latest().tags
        put(tags=tuple(one for one in tags if one != tag) if tag in tags else (*tags, tag))

    def feel(code: str) -> None:
        put(feeling="" if code == latest().feeling else code)

    def save() -> None:
        now_held = latest()
        if now_held.is_empty:
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
            visit_id=given.visit.id if given is not None and now_held.taken == given.draft else None,
        )

    form: list[ft.Control] = [
        card(
            text(_.honour(contact.facts.customer.name), bold=True, size=19),
            *_begun(_, given, beside, kept.let_go, take, let_go),
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
            spacing=S.GAP,
        ),
        card(
            ProductPicker(
                list(draft.products), contact.products, MOST_PRODUCTS, lambda chosen: put(products=tuple(chosen))
            ),
            title=_("Products shown"),
        ),
    ]
    saves = form_foot(
        button(_("Save the note"), save, kind="filled", icon=ft.Icons.CHECK, big=True),
        wrong=_("A tag, a feeling or a few words are needed") if wanting else "",
    )
    wide = session.width >= S.WIDE_FROM
    body = columns(*form, shares=(3, 2)) if wide else stack(form)
    return frame(_("Note"), body, back=back, scroll=True, foot=saves)


def _begun(
    _: Words,
    given: Given | None,
    beside: Given | None,
    own: Callable[[], None] | None,
    take: Callable[[Given], None],
    let_go: Callable[[Given], None],
) -> list[ft.Control]:
    """What was begun before: one's own, or what came with the visit, in the form already or (`beside`) next to one's own."""
    if given is None:
        return draft_line(_, own)
    if beside is None:
        return draft_line(_, call(let_go, given), _began(_, given))
    words = " / ".join(_.code("tag", tag) for tag in given.draft.tags)
    things = (", " if _.language == "en" else "、").join(product_name(_, one) for one in given.things)
    said = [text(one) for one in (given.draft.text, words, things) if one]
    ways = [
        button(_("Add to my note"), call(take, given), kind="soft"),
        button(_("Discard theirs"), call(let_go, given), kind="plain"),
    ]
    block = card(soft(_began(_, given)), *said, ft.Row(ways, wrap=True, spacing=8, run_spacing=8), tone="plain")
    return [*draft_line(_, own), block]


def _began(_: Words, given: Given) -> str:
    return _("Begun by {staff:name}", staff=given.draft.begun_by or given.visit.handed_by or "")
