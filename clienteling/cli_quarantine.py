"""The command line's part for what revoked devices could not send any more."""

from pathlib import Path
from typing import Annotated

import typer

from sync.settings import ServerSettings, load

quarantine = typer.Typer(help="Decide on what revoked devices could not send any more.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="Folder for everything this process keeps [CLIENTELING_DATA].")]
Origin = Annotated[str, typer.Argument(help="The device's id, from `admin quarantine list`.")]
CommandId = Annotated[str, typer.Argument(help="The command's id, from `admin quarantine list`.")]


@quarantine.command("list")
def quarantine_list(
    data: Data = None,
    content: Annotated[
        bool, typer.Option("--content", help="Print what each command says too: it may name customers.")
    ] = False,
) -> None:
    """List what waits for a decision: device, command, when it came, its type, who gave it, for which customer."""
    from sync.server.admin import quarantined

    for one in quarantined(load(ServerSettings, data=data)):
        given = one.envelope
        what = (given.command.type, given.staff_id or "", given.command.customer_id or "") if given else ("unreadable",)
        said = (given.command.model_dump_json(exclude_none=True),) if given and content else ()
        print("\t".join((one.device_id, one.command_id, one.received_at.isoformat(timespec="seconds"), *what, *said)))


@quarantine.command("accept")
def quarantine_accept(device: Origin, command: CommandId, data: Data = None) -> None:
    """Carry a command out as if its device had sent it; exit status 1 where the rules refuse it."""
    from sync.server.admin import accept_quarantined

    outcome = accept_quarantined(load(ServerSettings, data=data), device, command)
    reason = f" ({outcome.reason.code})" if outcome.reason is not None else ""
    print(f"{command} is {'carried out' if outcome.accepted else 'refused'}{reason}.")
    if not outcome.accepted:
        raise typer.Exit(1)


@quarantine.command("dismiss")
def quarantine_dismiss(device: Origin, command: CommandId, data: Data = None) -> None:
    """Decide that a command is not carried out, also where its device is enrolled again and sends it then."""
    from sync.server.admin import dismiss_quarantined

    dismiss_quarantined(load(ServerSettings, data=data), device, command)
    print(f"{command} is dismissed.")
