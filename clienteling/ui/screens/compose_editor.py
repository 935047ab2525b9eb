"""Where a message is written: channel, words, what the brand guide and the gate say of them, and sending."""

from collections.abc import Callable, Sequence

import flet as ft

from clienteling.actions.outreach import queue_message
from clienteling.context import Tablet
from clienteling.queries.compose import Checked, Offer, Writer, check, follow_up_for
from clienteling.queries.letter import Letter
from clienteling.queries.sender import Sender
from clienteling.theme import S
from clienteling.ui.drafts import draft_line
from clienteling.ui.parts import button, card, chips, complaint_chip, field, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.reach import Acts, form_foot
from clienteling.ui.screens.compose_gate import gate_panel, gate_title
from clienteling.ui.screens.compose_guide import guide_rows, old_name
from clienteling.ui.screens.compose_sender import sender_card
from clienteling.ui.screens.compose_state import Writing, another_name
from clienteling.ui.screens.compose_whom import whom
from clienteling.words import Words
from sync.model.customer import Channel
from sync.model.outreach import Cause, Message
from sync.policy.gate import ChannelChoice
from sync.policy.slips import complaint_in_hand
from sync.policy.words import Finding, repaired


def editor(
    tablet: Tablet,
    _: Words,
    letter: Letter,
    writer: Writer,
    offer: Offer,
    shown: Writing,
    choice: Sequence[ChannelChoice],
    way: ChannelChoice,
    change: Callable[..., None],
    through: Callable[[str], None],
    latest: Callable[[], Writing],
    start: Callable[..., None],
    follow_up: str,
    again: Message | None,
    names: Sender | None,
    name_it: Callable[[str], None],
    rename: Callable[[], None],
    let_go: Callable[[], None] | None,
) -> tuple[ft.Container, ft.Control | None]:
    """The middle of the screen, and what is to stay in sight at its foot where the whole screen scrolls. `latest` is what handlers
    read, `start` runs an action once, `rename` puts the chosen name into the words, `let_go` ends a draft of before."""
    contact = letter.contact
    customer, voice = contact.facts.customer, writer.speaking(offer.cause, shown.voice)

    def check_of(words: Writing) -> Checked:
        return check(
            words.subject, words.body, way.channel, offer.cause, letter, words.products, voice, words.message_id
        )

    def sure(words: Writing) -> bool:
        return not letter.namesakes or words.confirmed

    said = check_of(shown)
    may_send = writer.staff is not None and writer.staff.may_send and not (names is not None and names.waits)
    off_duty = names is not None and names.off_duty
    stop = said.stops or not way.decision.allowed or not sure(shown) or off_duty
    first = (
        _("The words have to change first") if said.stops else "" if sure(shown) else _("Confirm the customer first")
    )
    answered = contact.last_reply if offer.cause is Cause.REPLY else None

    def send() -> None:
        words = latest()
        if (words.channel, words.cause, words.voice) != (way.channel, offer.cause, shown.voice):
            return  # the screen has not caught up yet: what the gate said was of something else
        if check_of(words).stops or not sure(words):
            return
        task = follow_up_for(contact.facts, offer.cause, follow_up or (again.follow_up_id if again else None))
        start(
            queue_message,
            tablet,
            customer.id,
            channel=way.channel,
            cause=offer.cause,
            subject=words.subject if way.channel is Channel.EMAIL else "",
            body=words.body,
            product_ids=[one.id for one in words.products],
            template=words.template,
            follow_up_id=task.id if task else None,
            in_reply_to=answered.id if answered else None,
            message_id=words.message_id,
            voice=words.voice,
        )

    def mend(finding: Finding) -> None:
        change(body=repaired(latest().body, finding), edited=True)

    now = writer.now
    earliest = way.decision.send_after or now
    goes = max(earliest, names.chosen.from_ or earliest) if names is not None else earliest
    later = goes if goes > now else None
    hidden = writer.shop.hide_shifts and goes > earliest  # the time would tell when somebody's shift begins
    label = (
        _("Ask for approval")
        if not may_send
        else _("Send at {at:datetime}", at=later)
        if later and not hidden
        else _("Send")
    )
    name = tablet.pulse.directory.staff_name(voice.staff, _.language) if voice.staff else writer.shop.name
    wide, mail = tablet.session.width >= S.WIDE_FROM, way.channel is Channel.EMAIL
    lines = (7 if mail else 8) if wide else 8
    handled = complaint_chip(_, complaint_in_hand(contact.facts.slips))
    pinned = (
        wide and not way.decision.allowed
    )  # where the words scroll, why the button is dead stays in sight beside it
    verdict = gate_panel(_, way.decision, may_send=may_send, first=first)
    sends = button(label, send, kind="filled", icon=ft.Icons.SEND, disabled=stop)
    middle = card(
        *draft_line(_, let_go),
        *([chips(handled)] if handled is not None else []),
        *(
            [card(soft(answered.body, lines=4), title=_("Their last message"), tone="primary", padding=14)]
            if answered
            else []
        ),
        *([_comment(tablet, _, again)] if again is not None and again.id == shown.message_id else []),
        *(
            [sender_card(_, tablet.pulse.directory, names, writer.staff.id, earliest, name_it)]
            if names and writer.staff
            else []
        ),
        choices(
            [(one.channel.value, _.code("channel", one.channel)) for one in choice],
            [way.channel.value],
            through,
            faded=[one.channel.value for one in choice if not one.decision.allowed],
        ),
        *(
            [
                field(
                    _("Subject"),
                    value=shown.subject,
                    max_length=200,
                    key="subject",  # keys: else the words' field turns into this one when the channel changes
                    on_change=lambda event: change(subject=event.control.value or "", edited=True),
                )
            ]
            if mail
            else []
        ),
        field(
            _("Text of the message"),
            value=shown.body,
            key="body",
            multiline=True,
            min_lines=lines,
            max_lines=lines,
            on_change=lambda event: change(body=event.control.value or "", edited=True),
        ),
        *([old_name(_, name, rename)] if another_name(shown, contact, writer) else []),
        guide_rows(_, said, shown, way.channel, contact, voice, mend),
        *([whom(_, letter, shown.confirmed, lambda on: change(confirmed=on))] if letter.namesakes else []),
        *([] if pinned else [verdict]),
        title=_("To {name}", name=_.honour(customer.name)),
        aside=_("In the name of {name}", name=name),
        scroll=wide,
        spacing=12,
        foot=ft.Column(
            [
                *([verdict] if pinned else []),
                Acts(sends),
            ],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        if wide
        else None,
    )
    dead = not way.decision.allowed or bool(first)
    why = [soft(gate_title(_, way.decision, may_send=may_send, first=first))] if dead else []
    return middle, None if wide else form_foot(sends, *why)


def _comment(tablet: Tablet, _: Words, again: Message) -> ft.Control:
    """What the manager wants to be different."""
    params = again.reason.params if again.reason is not None else {}
    by = tablet.pulse.directory.name(str(params.get("staff_id") or ""), _.language)
    return card(
        text(str(params.get("comment") or "")), title=_("Comment from {name}", name=by), tone="caution", padding=14
    )
