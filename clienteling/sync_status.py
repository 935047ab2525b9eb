"""`clienteling sync status`: the state of a tablet's sync, said to whoever stands before a terminal."""

import json
import sys
from collections.abc import Iterator
from datetime import tzinfo

from clienteling.formats import Frame, number, zone_of
from clienteling.transfer_words import transfer_words
from clienteling.words import Words
from sync.client.look import Names, Progress, Report, Told, look
from sync.client.types import Transfer
from sync.clock import Clock
from sync.errors import BadFile, ClientelingError, NotFound, Unavailable
from sync.settings import TabletSettings

ATTENTION = 1
EXITS: dict[type[ClientelingError], int] = {NotFound: 2, Unavailable: 3, BadFile: 4}
"""Exit status by what could not be read; 0: all is well, 1: something needs a person, 2: also every other mistake."""


def show(settings: TabletSettings, clock: Clock, language: str, local: tzinfo, *, as_json: bool) -> int:
    """Print the state of a tablet, and return the exit status."""
    try:
        report, names = look(settings, clock)
    except ClientelingError as error:
        if as_json:
            print(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
        else:
            print(f"clienteling: {_trouble(Words(language), error, settings)}", file=sys.stderr)
        return EXITS.get(type(error), 2)
    print(report.model_dump_json(indent=2) if as_json else "\n".join(lines(report, names, language, local)))
    return ATTENTION if report.needs_attention else 0


def lines(report: Report, names: Names, language: str, local: tzinfo) -> Iterator[str]:
    """Say a report in words, in the shop's zone where it is known."""
    zone = zone_of(names.time_zone) if names.time_zone else local
    _ = Words(language, Frame(zone, report.at, lambda one: names.by_id.get(one, one)))
    synced = report.last_synced_at
    yield _("Last synced {at:datetime}", at=synced) if synced else _("Not synced yet")
    if report.first_sync is not None:
        yield _first_sync(_, report.first_sync)
    if report.waiting:
        oldest = _("the oldest since {at:datetime}", at=report.oldest_waiting_at)
        yield f"{_('{n} saved here wait for the network', n=report.waiting)} ({oldest})"
    else:
        yield _("Nothing waits to be sent")
    if report.held:
        yield _("{n} can still be taken back", n=report.held)
    yield from (_.code("sync_message", code) for code in report.messages)
    if report.server.reachable:
        yield _("The server {url} answers", url=report.server.url)
    else:
        yield _("The server {url} does not answer", url=report.server.url)
    for title, told in ((_("Not accepted by the server"), report.refused), (_("Please check"), report.notices)):
        if told:
            yield title
            yield from (f"  {_line(_, one)}" for one in told)
    sizes = ", ".join(f"{one.name} {_size(one.bytes, language)}" for one in report.files)
    yield _("Files in {folder}: {sizes}", folder=report.data, sizes=sizes)


def _first_sync(_: Words, far: Progress) -> str:
    if far.unit != "rows":
        return transfer_words(_, Transfer(far.unit == "building", far.done, far.total, far.seconds_left))
    share = far.done * 100 // far.total
    return _("First sync: {share}% ({done} of {total} rows)", share=share, done=far.done, total=far.total)


def _line(_: Words, one: Told) -> str:
    why = _.reason(one.reason) if one.reason is not None else _("The server gave no reason.")
    what = _("{name}: {what}", name=_.code("command", one.type), what=why)
    return f"{_('{at:datetime}', at=one.at)}  {what}"


def _trouble(_: Words, error: ClientelingError, settings: TabletSettings) -> str:
    folder = str(settings.data)
    if isinstance(error, NotFound):
        return _("There is no data of a tablet in {folder}", folder=folder)
    if isinstance(error, Unavailable):
        return _("Another program keeps the data in {folder} locked. Please try again later", folder=folder)
    if isinstance(error, BadFile):
        return _(
            "device.db in {folder} is damaged. Please start the app: it carries over whatever can be read",
            folder=folder,
        )
    return str(error)


def _size(size: int, language: str) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{number(round(size / factor, 1), language)} {unit}"
    return f"{number(size, language)} B"
