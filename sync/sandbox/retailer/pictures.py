"""A picture of each product: its outline in its colour, on a soft ground. Outlines are drawn once and tinted."""

from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sync.sandbox.retailer.silhouettes import HEIGHT, OUTLINES, WIDTH, Outline, Point
from sync.sandbox.retailer.world import Product

MOST_BYTES = 6 * 1024
_SCALE = 2
"""Outlines are drawn so much larger and then reduced, for clean edges."""

Rgb = tuple[int, int, int]


def picture(product: Product) -> bytes:
    """Return the product's picture, WebP of 300 by 400 and at most 6 KB."""
    shape, shade, seams, shadow = _layers(product.category, product.silhouette)
    piece = Image.composite(_tint(product.rgb, -0.26), _gradient(product.rgb), shade)
    piece = Image.composite(_tint(product.rgb, 0.34 if sum(product.rgb) < 260 else -0.36), piece, seams)
    image = Image.composite(_shade_of_ground(product.rgb), _ground(product.rgb), shadow)
    image.paste(piece, mask=shape)
    for quality in (80, 60, 40, 20):
        out = BytesIO()
        image.save(out, "WEBP", quality=quality, method=2)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


@cache
def _layers(category: str, silhouette: int) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image]:
    """Return masks: the piece, its darker side, its seams, its shadow on the ground."""
    outline = OUTLINES[category][silhouette]
    shape = _filled(outline)
    lines = Image.new("L", (WIDTH * _SCALE, HEIGHT * _SCALE))
    draw = ImageDraw.Draw(lines)
    for seam in outline.seams:
        draw.line(_scaled(seam), fill=150, width=_SCALE + 1, joint="curve")
    seams = ImageChops.multiply(_reduced(lines), shape)
    soft = shape.filter(ImageFilter.GaussianBlur(16))
    inner = ImageChops.invert(ImageChops.offset(soft, -14, -10))  # dark where the piece turns away from the light
    shade = ImageChops.multiply(ImageChops.multiply(inner, shape), Image.new("L", shape.size, 210))
    shadow = ImageChops.offset(shape, 7, 12).filter(ImageFilter.GaussianBlur(10)).point(lambda value: value * 0.45)
    return shape, shade, seams, shadow


def _filled(outline: Outline) -> Image.Image:
    mask = Image.new("L", (WIDTH * _SCALE, HEIGHT * _SCALE))
    draw = ImageDraw.Draw(mask)
    for part in outline.fill:
        draw.polygon(_scaled(part), fill=255)
    for hole in outline.holes:
        draw.polygon(_scaled(hole), fill=0)
    if outline.handle:
        draw.polygon(_scaled(outline.fill[0]), fill=255)
    return _reduced(mask)


def _scaled(points: tuple[Point, ...]) -> list[tuple[float, float]]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def _reduced(mask: Image.Image) -> Image.Image:
    return mask.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


@cache
def _ground(rgb: Rgb) -> Image.Image:
    """A pale ground that takes a little of the piece's colour, lighter in the upper left."""
    paper = np.array((244, 240, 234), np.float32)
    tone = paper * 0.86 + np.array(rgb, np.float32) * 0.14
    return _blend(paper + 4, tone, _DIAGONAL)


@cache
def _shade_of_ground(rgb: Rgb) -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), _mixed(rgb, (96, 88, 80), 0.7))


@cache
def _gradient(rgb: Rgb) -> Image.Image:
    light = np.array(_mixed(rgb, (255, 255, 255), 0.13), np.float32)
    return _blend(light, np.array(_mixed(rgb, (0, 0, 0), 0.07), np.float32), _DOWN)


@cache
def _tint(rgb: Rgb, amount: float) -> Image.Image:
    other: Rgb = (255, 255, 255) if amount > 0 else (10, 8, 12)
    return Image.new("RGB", (WIDTH, HEIGHT), _mixed(rgb, other, abs(amount)))


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _blend(start: NDArray[np.float32], end: NDArray[np.float32], way: NDArray[np.float32]) -> Image.Image:
    pixels = start + (end - start) * way[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


_ROWS, _COLUMNS = np.mgrid[0:1:400j, 0:1:300j].astype(np.float32)
_DOWN: NDArray[np.float32] = _ROWS
_DIAGONAL: NDArray[np.float32] = (_ROWS * 0.7 + _COLUMNS * 0.3) ** 1.3
