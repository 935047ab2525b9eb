"""How far a snapshot is, in words: the same on the tablet's screen and at a terminal."""

from clienteling.words import Words
from sync.client.types import Transfer

_MEGABYTE = 1_000_000


def transfer_words(_: Words, transfer: Transfer) -> str:
    """Say how much of how much has come, the share, and the time that is left where it is known."""
    percent = round(min(1.0, transfer.done / transfer.total) * 100) if transfer.total else 0
    if transfer.building:
        return _("The server is preparing this shop's data: {percent}%", percent=percent)
    done, total = (f"{value / _MEGABYTE:.1f}" for value in (transfer.done, transfer.total))
    fetched = _("{done} of {total} MB ({percent}%)", done=done, total=total, percent=percent)
    left = transfer.seconds_left
    if left is None:
        return fetched
    time = _("about {n} seconds left", n=left) if left < 90 else _("about {n} minutes left", n=round(left / 60))
    return f"{fetched} · {time}"
