"""The command line: each command a few lines; what only a server needs is imported when a server is asked for."""

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from clienteling import cli_quarantine, cli_rights, doings
from sync import rubbish
from sync.clock import OffsetFileClock, system_clock
from sync.errors import ClientelingError
from sync.model.shop import PauseScope
from sync.settings import ServerSettings, TabletSettings, load

app = typer.Typer(
    help="Clienteling: who she is, what she likes, and how to stay in touch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
admin = typer.Typer(help="Look after devices, staff and data.", no_args_is_help=True)
app.add_typer(admin, name="admin")
admin.add_typer(cli_rights.customer, name="customer")
admin.add_typer(cli_rights.retention, name="retention")
admin.command("leak-report")(cli_rights.leak_report)
admin.command(hidden=True)(doings.doings)
auditing = typer.Typer(help="Who saw what: keep and check the chain of audit events.", no_args_is_help=True)
admin.add_typer(auditing, name="audit")
admin.add_typer(cli_quarantine.quarantine, name="quarantine")
syncing = typer.Typer(help="Look into the sync of a tablet.", no_args_is_help=True)
app.add_typer(syncing, name="sync")

Data = Annotated[Path | None, typer.Option(help="Folder for everything this process keeps [CLIENTELING_DATA].")]
Host = Annotated[str | None, typer.Option(help="Address to listen on [CLIENTELING_HOST].")]
Port = Annotated[int | None, typer.Option(help="Port to listen on [CLIENTELING_PORT].")]


@app.command()
def server(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run the server: sync for tablets, doors for the retailer's systems, pages for customers."""
    from sync.server.serve import run_server

    run_server(load(ServerSettings, data=data, host=host, port=port))


@app.command()
def worker(data: Data = None) -> None:
    """Run a worker beside the server: sends messages and proposes follow-ups (on SQLite the server runs it itself)."""
    from sync.server.worker import run_worker

    run_worker(load(ServerSettings, data=data))


@app.command()
def tablet(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run a shop host: one device that serves the app to the browsers of a shop's tablets."""
    from clienteling.app import run_tablet

    run_tablet(load(TabletSettings, data=data, host=host, port=port))


@app.command()
def gallery(host: Host = None, port: Port = None) -> None:
    """Show every part of the tablet's screens in every state, both languages and both themes; needs no server."""
    from clienteling.gallery import run_gallery

    run_gallery(load(TabletSettings, host=host, port=port))


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A folder of CSV or JSON Lines files, or one such file.")],
    data: Data = None,
    good_rows: Annotated[
        bool,
        typer.Option("--good-rows", help="Take the good rows of a file with bad ones; otherwise it is refused whole."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import shops, staff, catalogue, stock, customers, consents and history from files."""
    from sync.server.admin import import_files

    def progress(name: str, done: int, total: int) -> None:
        print(f"\r{name}: {done:,} of {total:,}", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    reports = import_files(load(ServerSettings, data=data), path, "good" if good_rows else "all", progress)
    if as_json:
        print(json.dumps([report.model_dump(mode="json") for report in reports], ensure_ascii=False))
    else:
        for report in reports:
            print(report.as_text())
    if any(report.errors for report in reports):
        raise typer.Exit(2)


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(help="The tablet's port; the outside world takes the next, the server the one after.")
    ] = 8550,
    data: Annotated[Path, typer.Option(help="Folder of the demo's own data.")] = Path("data/demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Seed of the sample retailer.")] = 7,
) -> None:
    """Start a sample retailer with tablet, server and the outside world, to try everything on one machine."""
    from sync.sandbox.demo import run_demo

    raise typer.Exit(run_demo(port=port, data=data, host=host, seed=seed))


@app.command(hidden=True)
def world(data: Annotated[Path, typer.Option(help="Folder of the demo's own data.")] = Path("data/demo")) -> None:
    """Run the demo's outside world alone: customers' phones and providers (the demo starts it)."""
    from sync.sandbox.world import run_world

    run_world(data)


@syncing.command()
def status(
    data: Data = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the words: ja or en [CLIENTELING_LANGUAGE].")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it as JSON; docs/operations.md has the schema.")
    ] = False,
) -> None:
    """Say when a tablet last synced, what waits, what is stuck and why; reads its files without disturbing it."""
    from clienteling.sync_status import show

    settings = load(TabletSettings, data=data, language=language)
    local = datetime.now().astimezone().tzinfo or UTC
    raise typer.Exit(
        show(
            settings,
            OffsetFileClock(settings.clock_file) if settings.clock_file else system_clock,
            settings.language,
            local,
            as_json=as_json,
        )
    )


@admin.command()
def enrol(
    shop: Annotated[str, typer.Option(help="Code of the shop that the device will stand in.")] = "",
    minutes: Annotated[int, typer.Option(min=1, max=60 * 24 * 30, help="How long the code can be used.")] = 10,
    batch: Annotated[Path | None, typer.Option(help="A CSV file with columns serial, shop and name.")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long the codes of a batch can be used.")] = 30,
    out: Annotated[Path | None, typer.Option(help="New CSV file for a batch's codes; else they are printed.")] = None,
    sheet: Annotated[Path | None, typer.Option(help="New HTML file for a batch: a page of QR codes to print.")] = None,
    png: Annotated[Path | None, typer.Option(help="New PNG file for the QR code of one code.")] = None,
    server: Annotated[str, typer.Option(help="Address of the server in QR codes [CLIENTELING_PUBLIC_URL].")] = "",
    qr: Annotated[bool | None, typer.Option(help="Print the QR code; by default in a terminal, not in a pipe.")] = None,
    data: Data = None,
) -> None:
    """Make a one-time code with which a new tablet joins, or one for each serial number of a file.

    In a pipe the code alone is printed. A batch is taken whole or not at all; its codes fit the device of their serial only.
    """
    from clienteling.enrolling import many_codes, one_code

    settings = load(ServerSettings, data=data)
    if (batch is None) == (not shop):
        raise typer.BadParameter("Say one of --shop and --batch.")
    if batch is not None:
        many_codes(settings, print, file=batch, days=days, server=server, out=out, sheet=sheet)
    else:
        picture = sys.stdout.isatty() if qr is None else qr
        one_code(settings, print, shop=shop, minutes=minutes, server=server, png=png, picture=picture)


@admin.command()
def devices(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the devices that joined: id, name, shop, version, last sync, unsent work, battery, last seen, revoked or not."""
    from sync.server.admin import device_list, fleet

    settings = load(ServerSettings, data=data)
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in fleet(settings)], ensure_ascii=False))
        return
    for line in device_list(settings):
        print(line)


@admin.command()
def revoke(
    device: Annotated[str, typer.Argument(help="The device's id, from `admin devices`.")], data: Data = None
) -> None:
    """Revoke a device: it may no longer read or write anything."""
    from sync.server.admin import revoke_one

    revoke_one(load(ServerSettings, data=data), device)
    print(f"{device} is revoked.")


@admin.command("revoke-links")
def revoke_links(
    customer: Annotated[str, typer.Argument(help="The customer's id or member number.")], data: Data = None
) -> None:
    """Let the links in a customer's messages show nothing of hers any more; they still stop messages."""
    from sync.server.admin import revoke_customer_links

    print(
        f"The links sent to {revoke_customer_links(load(ServerSettings, data=data), customer)} show nothing any more."
    )


@admin.command()
def badge(staff: Annotated[str, typer.Argument(help="The person's code, as in staff.csv.")], data: Data = None) -> None:
    """Make a badge with which a person uncovers the own screen; its code alone is printed, for a card's QR or Code 128."""
    from sync.server import admin as server_admin

    print(server_admin.badge(load(ServerSettings, data=data), staff, secrets.token_bytes(16)))


@admin.command()
def attachment(
    name: Annotated[str, typer.Argument(help="The attachment's number, as the tablet shows it.")],
    file: Annotated[Path, typer.Argument(help="The new file to write it to.")],
    data: Data = None,
) -> None:
    """Write what a customer sent to a file; that it was looked at is put on record."""
    from sync.server.admin import save_attachment

    try:
        media_type = save_attachment(load(ServerSettings, data=data), name, file)
    except FileExistsError:
        raise typer.BadParameter(f"{file} is there already.") from None
    print(f"{file}: {media_type}")


All = Annotated[bool, typer.Option("--all", help="Everything that is sent.")]
Region = Annotated[str | None, typer.Option(help="What the shops of a region send.")]
OfShop = Annotated[str | None, typer.Option("--shop", help="What a shop sends, by its code.")]
Template = Annotated[str | None, typer.Option(help="What is made of a template, by its name.")]


@admin.command()
def pause(
    everything: All = False,
    region: Region = None,
    shop: OfShop = None,
    template: Template = None,
    reason: Annotated[str, typer.Option(help="Why, for the staff: they see it on their tablets.")] = "",
    data: Data = None,
) -> None:
    """Pause sending: of everything, a region, a shop or a template. What waits stays in the queue, and expires as ever."""
    from sync.server import admin as server_admin

    scope, name = _what(everything=everything, region=region, shop=shop, template=template)
    made = server_admin.pause(load(ServerSettings, data=data), scope, name, reason)
    print(f"Paused since {made.since.isoformat(timespec='seconds')}: {scope.value} {name}".rstrip())


@admin.command()
def resume(
    everything: All = False,
    region: Region = None,
    shop: OfShop = None,
    template: Template = None,
    data: Data = None,
) -> None:
    """End a pause of sending, named as it was made."""
    from sync.server import admin as server_admin

    scope, name = _what(everything=everything, region=region, shop=shop, template=template)
    server_admin.resume(load(ServerSettings, data=data), scope, name)
    print(f"Sending again: {scope.value} {name}".rstrip())


def _what(*, everything: bool, region: str | None, shop: str | None, template: str | None) -> tuple[PauseScope, str]:
    named = {PauseScope.REGION: region, PauseScope.SHOP: shop, PauseScope.TEMPLATE: template}
    said = [(scope, name) for scope, name in named.items() if name is not None]
    said += [(PauseScope.ALL, "")] if everything else []
    if len(said) != 1:
        raise typer.BadParameter("Say one of --all, --region, --shop and --template.")
    return said[0]


@admin.command("new-epoch")
def new_epoch(data: Data = None) -> None:
    """Say that the database was put back from a backup: every device builds its cache anew and keeps its unsent work."""
    from sync.server.admin import new_epoch as begin

    print(begin(load(ServerSettings, data=data)))


@admin.command()
def digests(
    repair: Annotated[bool, typer.Option("--repair", help="Also put them right.")] = False, data: Data = None
) -> None:
    """Compare what the server tells tablets to hold with the records; exit status 1 where something differs."""
    from sync.server import admin as server_admin

    lines = server_admin.digests(load(ServerSettings, data=data), repair=repair)
    print("\n".join(lines) if lines else "All digests stand for their records.")
    if lines and not repair:
        raise typer.Exit(1)


@auditing.command("anchor")
def audit_anchor(data: Data = None) -> None:
    """Keep the head of the chain outside the database, now; the worker does so every few minutes."""
    from sync.server import admin as server_admin

    made = server_admin.audit_anchor(load(ServerSettings, data=data))
    print(f"{made.at.isoformat(timespec='seconds')}\t{made.seq}\t{made.hash}")


@auditing.command("verify")
def audit_verify(
    anchors: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="File of anchors, as it was kept outside.")
    ] = None,
    data: Data = None,
) -> None:
    """Look for altered, deleted, reordered and cut off audit events; a line for each, and exit status 1 where there are."""
    from sync.server import admin as server_admin

    wrong = 0
    for line in server_admin.audit_verify(load(ServerSettings, data=data), anchors):
        wrong += not line.startswith("#")
        print(line.removeprefix("# "))
    if wrong:
        raise typer.Exit(1)


@admin.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version's tables."""
    from sync.server.admin import migrate_database

    migrate_database(load(ServerSettings, data=data))


def main() -> None:
    """Run the command line; an error of ours is printed in one sentence, with exit status 2."""
    rubbish.look_seldom()
    try:
        app()
    except ClientelingError as error:
        print(f"clienteling: {error}", file=sys.stderr)
        sys.exit(2)
    except ModuleNotFoundError as error:
        extra = "server" if "server" in sys.argv or "import" in sys.argv or "admin" in sys.argv else "demo"
        print(f"clienteling: {error.name} is not installed; try: pip install 'clienteling[{extra}]'", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
