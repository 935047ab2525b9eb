"""The lesson of practice: ten minutes from a scan to a message. What was done is ticked, whatever way it was done."""

import flet as ft

from clienteling.actions.practice import begin_practice, show_code
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.practice.device import PracticeDevice
from clienteling.theme import C, S, T
from clienteling.ui.component import component
from clienteling.ui.parts import button, card, empty_state, heading, soft, text
from clienteling.ui.shell import frame
from sync.model.commands import CheckIn, LogInteraction, QueueMessage, RecordView
from sync.model.commands_visits import ChangeTray, MakePromise

HER = "/customers/practice-1"


@component
def Lesson(**_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    use_session()
    use_pulse()
    if not isinstance(tablet.device, PracticeDevice):
        begin = button(_("Begin practice"), call(tablet.run, begin_practice, tablet), kind="filled")
        return frame(
            _("Practice"),
            empty_state(
                _("Practise with invented customers"),
                _("All of it stays on this tablet, and nothing is sent. A lesson of ten minutes leads through it."),
                begin,
                icon=ft.Icons.SCHOOL_OUTLINED,
            ),
            back="/me",
        )
    done = tablet.device.done
    steps = (
        (_("1. Scan"), _("Greet, and ask for the member code. Two minutes."), CheckIn,
         button(_("Hold the practice code before the camera"), call(tablet.run, show_code, tablet), kind="soft")),
        (_("2. Profile"), _("Read what helps before you approach, and what was liked last time. Two minutes."), RecordView,
         button(_("Open the profile"), call(tablet.go, HER), kind="soft")),
        (_("3. Visit"), _("Lay on the tray what you show. One minute."), ChangeTray,
         button(_("Open the visit"), call(tablet.go, f"{HER}/visit"), kind="soft")),
        (_("4. Note"), _("Write down in two taps what the customer liked. Two minutes."), LogInteraction,
         button(_("Write the note"), call(tablet.go, f"{HER}/note"), kind="soft")),
        (_("5. Promise"), _("Promise something at the farewell, with a day. One minute."), MakePromise,
         button(_("Promise something"), call(tablet.go, f"{HER}/promises"), kind="soft")),
        (_("6. Message"), _("Write a thank-you, read what the gate says, and send it: here it goes nowhere. Two minutes."),
         QueueMessage, button(_("Write the message"), call(tablet.go, f"{HER}/message"), kind="soft")),
    )  # fmt: skip
    ticked = [any(isinstance(one, kind) for one in done) for _title, _how, kind, _way in steps]
    rows = [
        card(
            ft.Row(
                [
                    ft.Icon(
                        ft.Icons.CHECK_CIRCLE if ok else ft.Icons.RADIO_BUTTON_UNCHECKED,
                        color=C.GOOD if ok else C.INK_SOFT,
                        semantics_label=_("Done") if ok else _("To do"),
                    ),
                    ft.Column([heading(title, size=T.BODY), text(how, height=1.4)], spacing=2, expand=True),
                ],
                spacing=S.GAP,
            ),
            ft.Row([way], alignment=ft.MainAxisAlignment.END),
        )
        for (title, how, _kind, way), ok in zip(steps, ticked, strict=True)
    ]
    last = (
        text(_("All six done. Go through them again with another customer, or end practice."), bold=True, color=C.GOOD)
        if all(ticked)
        else soft(_("{n} of 6 done", n=sum(ticked)))
    )
    return frame(
        _("Lesson: from the scan to the message"),
        ft.Column([last, *rows], spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        scroll=True,
    )
