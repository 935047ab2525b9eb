"""What customers send with replies: named in the history, shown in a panel, nowhere kept on the tablet."""

from io import BytesIO

import flet as ft
import pytest
from PIL import Image

from clienteling.actions.attachments import Look, Looked
from sync.client.types import Attached
from sync.model.customer import Channel
from sync.model.outreach import Attachment, AttachmentState, Cause, Direction, Message, MessageState, Purpose, Reason
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MISAKI, NOW, SASAKI


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def device() -> FakeDevice:
    """One with a reply that brought a picture, a document, a video that was refused, and a file on its way."""
    kept = {"state": AttachmentState.KEPT, "size": 1_240_000}
    came = (
        Attachment(id="a-1", what="image", media_type="image/jpeg", **kept),
        Attachment(id="a-2", what="file", media_type="application/pdf", **kept),
        Attachment(
            id="a-3",
            what="video",
            state=AttachmentState.REFUSED,
            reason=Reason(code="attachment_too_large", params={"mb": 10}),
        ),
        Attachment(id="a-4", what="file"),
    )
    made = FakeDevice(attachments={"a-1": Attached("image/jpeg", jpeg()), "a-2": Attached("application/pdf", b"%PDF-")})
    made.cache.put(
        Message(
            id="m-in", customer_id=SASAKI, direction=Direction.IN, channel=Channel.LINE, cause=Cause.REPLY,
            purpose=Purpose.REPLY, shop_id=GINZA, state=MessageState.RECEIVED, body="［画像］", at=NOW, state_at=NOW,
            attachments=came,
        )
    )  # fmt: skip
    return made


def pictures(screen: Screen) -> list[bytes]:
    return [one.src for one in screen.controls if isinstance(one, ft.Image) and isinstance(one.src, bytes)]


def test_what_came_is_named_and_a_picture_is_shown() -> None:
    """Kind and size, or why it is not kept; a tap asks the server in the name of who is signed in; closed, it is gone."""
    used = device()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        for words in ("PDF 1.2MB", "動画：10MBを超えるため保存していません", "ファイル：受け取っています"):
            await screen.sees(words)
        await screen.tap("写真 1.2MB")
        await screen.until(lambda: pictures(screen) == [jpeg()], "the picture")
        assert used.looked_at == [("a-1", MISAKI)]
        await screen.tap("閉じる")
        await screen.until(lambda: pictures(screen) == [], "no picture")
        await screen.tap("PDF 1.2MB")
        await screen.sees("書類はサーバーで保管しています")

    drive(steps, used)


def test_without_the_server_a_plain_sentence() -> None:
    """Offline it says where the picture is; once connected, the same panel shows it; what is gone is said to be gone."""
    used = device()
    used.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.tap("Picture, 1.2 MB")
        await screen.sees("No connection: what the customer sent lies on the server.")
        assert pictures(screen) == []
        used.become(online=True)
        await screen.tap("Try again")
        await screen.until(lambda: pictures(screen) == [jpeg()], "the picture")
        await screen.tap("Close")
        used.attachments.clear()
        await screen.tap("Picture, 1.2 MB")
        await screen.sees("The server does not keep this any more")

    drive(steps, used, language="en")


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [((900, 1200), (450, 600)), ((1600, 800), (1000, 500)), ((400, 300), (400, 300)), ((0, 0), (1000, 600))],
)
def test_a_panel_is_as_large_as_its_picture(shape: tuple[int, int], drawn: tuple[int, int]) -> None:
    """Whole in the room there is, upright or across, not blown up; where its size cannot be read it gets all of it."""
    assert Looked(Look.SHOWN, shape=shape).within(1000, 600) == drawn


@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
def test_no_empty_ground_lies_around_a_picture(size: tuple[int, int]) -> None:
    """The panel's picture has the shape of what was sent."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}?tab=history")
        await screen.tap("写真 1.2MB")
        await screen.until(lambda: pictures(screen) == [jpeg()], "the picture")
        (around,) = [
            one for one in screen.controls if isinstance(one, ft.Container) and isinstance(one.content, ft.Image)
            and isinstance(one.content.src, bytes)
        ]  # fmt: skip
        assert (around.width, around.height) == (40, 30)

    drive(steps, device(), size=size)
