"""Plays a picture to headless Chromium as what its camera sees: an uncompressed Y4M film, written without any other tool."""

from io import BytesIO
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1280, 720


def flags(film: Path) -> tuple[str, ...]:
    """Return the Chromium flags that make `film` the camera. The file is read anew whenever a page starts the camera."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def show(film: Path, picture: bytes | None) -> None:
    """Put `picture` (PNG bytes) in front of the camera, as a phone held before it; None shows an empty counter."""
    _write(film, [_frame(picture)] * 10)


def play(film: Path, picture: bytes, *, blank: int, shown: int) -> None:
    """Show an empty counter for so many frames, ten a second, then the picture for so many; over and over."""
    _write(film, [_frame(None)] * blank + [_frame(picture)] * shown)


def _frame(picture: bytes | None) -> bytes:
    frame = Image.new("RGB", (WIDTH, HEIGHT), (188, 184, 176))
    if picture is not None:
        code = Image.open(BytesIO(picture)).convert("RGB").resize((560, 560), Image.Resampling.NEAREST)
        frame.paste((20, 20, 24), (330, 40, 950, 680))
        frame.paste(code, (360, 80))
    y, cb, cr = frame.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    return b"".join((y.tobytes(), cb.resize(half).tobytes(), cr.resize(half).tobytes()))


def _write(film: Path, frames: list[bytes]) -> None:
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode()
    temporary = film.with_suffix(".new")
    temporary.write_bytes(header + b"".join(b"FRAME\n" + planes for planes in frames))
    temporary.replace(film)
