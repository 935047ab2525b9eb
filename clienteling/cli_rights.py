"""`clienteling admin customer ...`, `leak-report` and `retention`: what customers and security officers may ask."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sync import logs
from sync.settings import ServerSettings, load

Data = Annotated[Path | None, typer.Option(help="Folder for everything this process keeps [CLIENTELING_DATA].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]

customer = typer.Typer(help="What is held about a customer: show it to her, or forget her.", no_args_is_help=True)
retention = typer.Typer(help="How long each kind of record is kept.", no_args_is_help=True)
Customer = Annotated[str, typer.Argument(help="The customer's id; of a merged one also the former.")]


def _settings(data: Path | None) -> ServerSettings:
    """Return the settings; what is logged goes to standard error, since what is printed here is for programs too."""
    settings = load(ServerSettings, data=data)
    logs.configure(settings.log_level)
    return settings


@customer.command()
def export(
    name: Customer,
    to: Annotated[Path | None, typer.Option(help="The new folder; without it one named for the customer.")] = None,
    data: Data = None,
) -> None:
    """Write everything held about a customer: customer.html to read, customer.json for machines, what she sent."""
    from sync.server.rights import export_customer

    folder = to or Path(f"customer-{name}")
    try:
        for path in export_customer(_settings(data), name, folder):
            print(path)
    except FileExistsError:
        raise typer.BadParameter(f"{folder} is there already.") from None


@customer.command()
def forget(name: Customer, data: Data = None) -> None:
    """Forget a customer everywhere, on tablets at their next contact, and print the receipt as JSON."""
    from sync.server.rights import forget_customer

    receipt = forget_customer(_settings(data), name)
    print(json.dumps(receipt.model_dump(mode="json"), ensure_ascii=False, indent=2))
    if not receipt.swept:
        print("Free pages could not be overwritten just now: run `clienteling admin customer sweep`.", file=sys.stderr)
        raise typer.Exit(1)


@customer.command("replay-forgotten")
def replay_forgotten(data: Data = None) -> None:
    """Forget anew whom a restored backup brought back; the server does so too when it starts."""
    from sync.server.rights import replay_forgotten as replay

    print(f"{replay(_settings(data))} forgotten again.")


@customer.command()
def sweep(data: Data = None) -> None:
    """Overwrite what was erased, in the database's free pages and its journal; exit status 1 where somebody was reading."""
    from sync.server.rights import sweep as overwrite

    if not overwrite(_settings(data)):
        print("Somebody was reading; try again.", file=sys.stderr)
        raise typer.Exit(1)
    print("Swept.")


@customer.command()
def release(name: Customer, data: Data = None) -> None:
    """Let imports bring a forgotten customer back: she asked to be known again."""
    from sync.server.rights import release as let_go

    print(f"{let_go(_settings(data), name)} names are no longer held back.")


def leak_report(
    device: Annotated[str, typer.Argument(help="The device's id, from `admin devices`.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write a row for each customer to this new file.")
    ] = None,
    data: Data = None,
) -> None:
    """Say whose data a lost device held, since when, and whether they lay sealed."""
    from sync.server.rights import leak_report as report

    found = report(_settings(data), device)
    print(found.as_text())
    if csv is not None:
        try:
            with csv.open("x", encoding="utf-8", newline="") as file:
                file.write(found.as_csv())
        except FileExistsError:
            raise typer.BadParameter(f"{csv} is there already.") from None


@retention.command()
def report(data: Data = None, as_json: AsJson = False) -> None:
    """Say for each kind of record how long it is kept and why, how much there is, and what is past its time."""
    from sync.server.rights import retention_report

    lines = retention_report(_settings(data))
    if as_json:
        print(json.dumps([one._asdict() for one in lines], ensure_ascii=False, default=str))
        return
    for one in lines:
        rule = f"{one.days} days" if one.days else "while the customer is known"
        since = one.oldest.date().isoformat() if one.oldest else "-"
        print(f"{one.kind}\t{rule}\tkept {one.kept} since {since}\tpast its time {one.due}\t{one.reason}")
