"""Before anybody can sign in: joining the shop with a one-time code, and the first sync with what it has and lacks."""

import flet as ft

from clienteling.context import off_loop, use_pulse, use_tablet, use_words
from clienteling.theme import C, S, T
from clienteling.ui.component import component
from clienteling.ui.parts import button, card, field, heading, progress_bar, soft, text, transfer_bar
from sync.errors import ClientelingError, Conflict, Unavailable


@component
def Join() -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    code, set_code = ft.use_state("")
    problem, set_problem = ft.use_state("")

    async def join() -> None:
        set_problem("")
        try:
            await off_loop(tablet.device.enrol, code.strip())
        except Unavailable:
            set_problem(_("The server cannot be reached. Check the network and try again."))
        except Conflict:
            set_problem(
                _(
                    "This tablet still has work of another shop that was not sent. Enter a code of that shop; nothing was lost."
                )
            )
        except ClientelingError:
            set_problem(_("This code is not valid (any more). Ask for a new one."))

    def typed(event: ft.Event[ft.TextField]) -> None:
        set_code(str(event.data or ""))

    return ft.Row(
        [
            ft.Container(
                card(
                    *(
                        [
                            heading(_.code("sync_message", "revoked"), color=C.ERROR),
                            text(
                                _(
                                    "No customers are kept on it any more. What was not sent yet is kept for when it joins again."
                                )
                            ),
                            *(
                                [text(_.code("sync_message", "unsent_handed_over"))]
                                if "unsent_handed_over" in pulse.messages
                                else []
                            ),
                        ]
                        if "revoked" in pulse.messages
                        else [heading(_("This tablet has not joined a shop yet"))]
                    ),
                    text(_("Enter the one-time code from head office or your manager. It is valid once.")),
                    field(
                        _("One-time code"),
                        value=code,
                        error=problem,
                        on_change=typed,
                        on_submit=lambda: tablet.run(join),
                    ),
                    ft.Row(
                        [button(_("Join"), lambda: tablet.run(join), kind="filled", disabled=len(code.strip()) < 8)]
                    ),
                    spacing=S.GAP,
                    padding=S.EDGE,
                ),
                width=520,
            )
        ],
        alignment=ft.MainAxisAlignment.CENTER,
    )


@component
def FirstSync() -> ft.Control:
    """How far the first sync is, and what can be done meanwhile."""
    pulse, _ = use_pulse(), use_words()
    done, total = pulse.progress or (0, 0)
    share = min(1.0, done / total) if total else None
    return card(
        heading(_("Getting this tablet ready")),
        *(
            transfer_bar(_, pulse.transfer)
            if pulse.transfer
            else [
                progress_bar(_, share),
                soft(_("{done} of about {total} records", done=done, total=total) if total else _("Waiting for the server"), size=T.LABEL),
            ]
        ),
        text(
            _("Once the names appear you can sign in. Until everything is here, a scan looks the customer up at the server.")
            if pulse.transfer
            else _("Once the names appear you can sign in. Search and scan then find those who have arrived; the rest follows by itself.")
            if pulse.online or done
            else _.code("sync_message", pulse.shut)
            if pulse.shut
            else _("The server has not answered yet. This goes on by itself as soon as it does.")
        ),
        padding=S.EDGE,
    )  # fmt: skip
