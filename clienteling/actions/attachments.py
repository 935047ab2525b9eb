"""Looking at what a customer sent with a reply."""

from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from clienteling.context import Tablet, off_loop
from sync.errors import ClientelingError, NotFound, Unavailable


class Look(StrEnum):
    """How far it is."""

    ASKING = "asking"
    SHOWN = "shown"
    NO_PICTURE = "no_picture"
    """It is a document, which is kept and not shown here."""
    OFFLINE = "offline"
    """The server could not be reached."""
    GONE = "gone"
    """The server does not keep it, or not for this tablet."""
    FAILED = "failed"


@dataclass(frozen=True)
class Looked:
    """What came of it. The bytes live as long as the panel that shows them."""

    how: Look
    content: bytes = field(default=b"", repr=False)
    shape: tuple[int, int] = (0, 0)
    """Of a picture, in its own pixels; nothing where they cannot be read."""

    def within(self, width: float, height: float) -> tuple[float, float]:
        """Return how large the picture is drawn in so much room: whole, and never larger than it is."""
        if not all(self.shape):
            return width, height
        share = min(width / self.shape[0], height / self.shape[1], 1.0)
        return self.shape[0] * share, self.shape[1] * share


async def look_at(tablet: Tablet, attachment_id: str) -> Looked:
    """Have the server hand it out to whoever is signed in; the server puts that on record."""
    try:
        found = await off_loop(tablet.device.fetch_attachment, attachment_id, tablet.session.staff_id or "")
    except Unavailable:
        return Looked(Look.OFFLINE)
    except NotFound:
        return Looked(Look.GONE)
    except ClientelingError:
        return Looked(Look.FAILED)
    if found.media_type != "image/jpeg":
        return Looked(Look.NO_PICTURE)
    return Looked(Look.SHOWN, found.content, await off_loop(_shape, found.content))


def _shape(content: bytes) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(content)) as picture:  # its head alone is read
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return 0, 0
