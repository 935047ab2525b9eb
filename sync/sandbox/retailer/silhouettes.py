"""Outlines of what KAZAMI sells: three or more for each category, drawn from points on a field of 300 by 400."""

from collections.abc import Sequence
from typing import NamedTuple

Point = tuple[float, float]
WIDTH, HEIGHT = 300, 400


class Outline(NamedTuple):
    """What to fill, what to leave out of it, and the seams upon it. Coordinates of the field, origin top left."""

    fill: tuple[tuple[Point, ...], ...]
    holes: tuple[tuple[Point, ...], ...] = ()
    seams: tuple[tuple[Point, ...], ...] = ()
    handle: bool = False
    """The first fill lies over the holes: a bag over the ends of its handle."""


def smooth(points: Sequence[Point], steps: int = 8, *, closed: bool = True) -> tuple[Point, ...]:
    """Return a curve through the points (Catmull-Rom, `steps` pieces between two)."""
    count = len(points)
    out: list[Point] = []
    for i in range(count if closed else count - 1):
        p0 = points[i - 1] if closed or i else points[0]
        p1, p2 = points[i], points[(i + 1) % count]
        p3 = points[(i + 2) % count] if closed else points[min(i + 2, count - 1)]
        for step in range(steps):
            t = step / steps
            out.append((_spline(t, p0[0], p1[0], p2[0], p3[0]), _spline(t, p0[1], p1[1], p2[1], p3[1])))
    if not closed:
        out.append(points[-1])
    return tuple(out)


def _spline(t: float, a: float, b: float, c: float, d: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def both(*half: Point) -> tuple[Point, ...]:
    """Return a symmetric curve: `half` runs down the right side, as distances from the middle line."""
    right = [(150 + x, y) for x, y in half]
    left = [(150 - x, y) for x, y in reversed(half) if x]
    return smooth((*right, *left), 6)


def plain(*half: Point) -> tuple[Point, ...]:
    """The same with straight edges and sharp corners."""
    right = [(150 + x, y) for x, y in half]
    return (*right, *((150 - x, y) for x, y in reversed(half) if x))


def seam(*points: Point) -> tuple[Point, ...]:
    """Return an open curve, x as distance from the middle line."""
    return smooth([(150 + x, y) for x, y in points], 8, closed=False)


def ring(x: float, y: float, rx: float, ry: float) -> tuple[Point, ...]:
    """Return an ellipse around (x, y)."""
    k = 0.71
    return smooth(
        [(x + rx * a, y + ry * b) for a, b in ((1, 0), (k, k), (0, 1), (-k, k), (-1, 0), (-k, -k), (0, -1), (k, -k))], 6
    )


def _folds(top: float, bottom: float, *xs: float) -> tuple[tuple[Point, ...], ...]:
    return tuple(
        seam((x * 0.55 * side, top), (x * 0.8 * side, (top + bottom) / 2), (x * side, bottom))
        for x in xs
        for side in (1, -1)
    )


_BUTTONS = tuple(ring(150, y, 2.2, 2.2) for y in (150, 182, 214, 246))
_LAPELS = (seam((14, 84), (30, 128), (4, 176)), seam((-14, 84), (-30, 128), (-4, 176)))

_SLEEVED = (
    (0, 96),
    (16, 92),
    (28, 78),
    (66, 94),
    (82, 130),
    (100, 232),
    (97, 268),
    (76, 270),
    (62, 170),
    (60, 160),
    (62, 220),
    (63, 288),
    (40, 292),
    (0, 293),
)
_NARROW = (
    (0, 92),
    (14, 88),
    (24, 76),
    (58, 90),
    (72, 128),
    (88, 240),
    (84, 268),
    (68, 268),
    (54, 164),
    (54, 220),
    (57, 300),
    (30, 304),
    (0, 305),
)
_SHORT = (
    (0, 98),
    (18, 94),
    (32, 80),
    (70, 96),
    (106, 170),
    (84, 184),
    (64, 146),
    (62, 220),
    (64, 284),
    (40, 288),
    (0, 289),
)
_LONG = (
    (0, 80),
    (14, 76),
    (26, 62),
    (64, 78),
    (80, 120),
    (98, 240),
    (94, 264),
    (76, 264),
    (62, 150),
    (62, 220),
    (74, 350),
    (40, 358),
    (0, 359),
)

OUTLINES: dict[str, tuple[Outline, ...]] = {
    "dress": (
        Outline((both((0, 88), (16, 82), (24, 62), (40, 62), (44, 96), (40, 130), (35, 172), (52, 250), (76, 338), (40, 350), (0, 352)),), seams=(*_folds(190, 344, 26, 54), seam((-35, 174), (0, 178), (35, 174)))),
        Outline((both((0, 84), (16, 80), (28, 64), (60, 78), (80, 140), (68, 156), (50, 122), (40, 176), (58, 260), (84, 340), (44, 350), (0, 352)),), seams=(*_folds(184, 344, 22, 44, 66), seam((-40, 176), (0, 181), (40, 176)))),
        Outline((both((0, 90), (14, 84), (26, 62), (54, 74), (72, 130), (86, 208), (72, 212), (54, 134), (46, 190), (54, 280), (60, 354), (30, 358), (0, 358)),), seams=(seam((0, 90), (2, 200), (0, 356)), *_folds(196, 350, 34))),
    ),
    "knit": (
        Outline((both(*_SLEEVED),), seams=(seam((-26, 82), (0, 106), (26, 82)), seam((-62, 276), (0, 281), (62, 276)), seam((58, 100), (60, 130), (61, 162)), seam((-58, 100), (-60, 130), (-61, 162)))),
        Outline((both((0, 128), (10, 108), (28, 78), *_SLEEVED[3:]),), seams=(seam((-30, 82), (0, 136), (30, 82)), seam((-62, 276), (0, 281), (62, 276)))),
        Outline((both((0, 66), (22, 66), (26, 84), *_SLEEVED[3:]),), seams=(seam((-25, 84), (0, 92), (25, 84)), seam((-62, 276), (0, 281), (62, 276)), *_folds(110, 276, 16, 36))),
    ),
    "cardigan": (
        Outline((both((0, 150), (10, 116), (26, 78), *_SLEEVED[3:]),), seams=(seam((0, 150), (0, 292)), *(ring(154, y, 3, 3) for y in (170, 200, 230, 260)))),
        Outline((both((0, 98), (16, 94), (28, 80), *_SHORT[3:7], (60, 214), (60, 250), (0, 252)),), seams=(seam((0, 98), (0, 250)), *(ring(154, y, 3, 3) for y in (124, 154, 184, 214)))),
        Outline((both((0, 190), (8, 130), (26, 64), (62, 78), (80, 124), (94, 240), (74, 246), (58, 150), (58, 230), (64, 340), (34, 346), (0, 347)),), seams=(seam((0, 190), (0, 346)), seam((44, 256), (24, 258)), seam((-44, 256), (-24, 258)))),
    ),
    "cashmere": (
        Outline((both((0, 100), (18, 94), (30, 80), (72, 98), (90, 140), (104, 236), (100, 270), (78, 272), (66, 176), (66, 230), (66, 284), (0, 290)),), seams=(seam((-28, 86), (0, 110), (28, 86)), seam((-66, 268), (0, 275), (66, 268)), *_folds(130, 262, 30))),
        Outline((both((0, 58), (24, 58), (27, 86), (70, 100), (88, 140), (102, 236), (98, 268), (78, 270), (64, 172), (64, 284), (0, 290)),), seams=(seam((-26, 74), (0, 80), (26, 74)), seam((-64, 268), (0, 275), (64, 268)))),
        Outline((both((0, 96), (16, 90), (28, 72), (60, 96), (96, 190), (118, 280), (70, 302), (30, 318), (0, 334)),), seams=(*_folds(110, 306, 30, 70),)),
    ),
    "shirt": (
        Outline((both(*_NARROW),), seams=(seam((0, 100), (0, 304)), *_BUTTONS, seam((-24, 78), (-12, 104), (0, 94)), seam((24, 78), (12, 104), (0, 94)))),
        Outline((both((0, 84), (14, 82), (22, 74), *_NARROW[3:]),), seams=(seam((0, 86), (0, 304)), *_BUTTONS, seam((-20, 80), (0, 90), (20, 80)))),
        Outline((both((0, 98), (16, 92), (28, 78), (62, 92), (96, 200), (90, 236), (70, 232), (58, 170), (60, 230), (66, 290), (30, 298), (0, 299)),), seams=(seam((0, 100), (-14, 130), (-20, 168)), seam((0, 100), (14, 128), (22, 158)), *_folds(130, 292, 24, 44))),
    ),
    "coat": (
        Outline((both(*_LONG),), seams=(*_LAPELS, seam((0, 176), (0, 356)), ring(156, 200, 3.4, 3.4), ring(156, 236, 3.4, 3.4), seam((36, 236), (54, 240)), seam((-36, 236), (-54, 240)))),
        Outline((both((0, 70), (18, 68), (28, 62), *_LONG[3:]),), seams=(seam((0, 76), (0, 356)), *(ring(156, y, 3.4, 3.4) for y in (112, 152, 192, 232)), seam((-26, 66), (0, 84), (26, 66)))),
        Outline((both((0, 80), (14, 76), (28, 62), (66, 78), (82, 120), (98, 236), (92, 258), (74, 256), (58, 150), (50, 196), (66, 270), (82, 348), (0, 356)),), seams=(*_LAPELS, seam((-50, 194), (0, 200), (50, 194)), seam((-50, 208), (0, 214), (50, 208)), seam((6, 214), (18, 260), (22, 300)))),
    ),
    "jacket": (
        Outline((both(*_NARROW[:8], (54, 164), (52, 210), (60, 276), (30, 286), (0, 287)),), seams=(*_LAPELS, seam((0, 176), (6, 286)), ring(154, 200, 3, 3), ring(154, 228, 3, 3), seam((30, 230), (50, 232)), seam((-30, 230), (-50, 232)))),
        Outline((both((0, 90), (16, 86), (26, 78), *_SLEEVED[3:8], (60, 166), (60, 220), (60, 262), (0, 266)),), seams=(seam((0, 92), (0, 264)), *(ring(150, y, 3.2, 3.2) for y in (118, 154, 190, 226)), seam((20, 170), (46, 170)), seam((-20, 170), (-46, 170)))),
        Outline((both(*_NARROW[:8], (54, 164), (52, 210), (60, 280), (30, 290), (0, 291)),), seams=(*_LAPELS, *(ring(150 + x, y, 3, 3) for x in (-13, 13) for y in (190, 220, 250)))),
    ),
    "skirt": (
        Outline((plain((0, 96), (36, 96), (40, 112), (84, 316), (0, 322)),), seams=(seam((-40, 112), (40, 112)), *_folds(114, 318, 16, 40, 64))),
        Outline((both((0, 96), (38, 96), (42, 120), (60, 200), (92, 300), (50, 320), (0, 316)),), seams=(seam((-41, 114), (0, 118), (41, 114)), *_folds(120, 312, 30, 62))),
        Outline((plain((0, 92), (38, 92), (44, 120), (50, 180), (44, 340), (0, 344)),), seams=(seam((-41, 108), (41, 108)), seam((16, 110), (22, 240), (20, 342)))),
    ),
    "trousers": (
        Outline((plain((0, 66), (40, 66), (48, 120), (44, 250), (36, 358), (12, 358), (8, 240), (0, 150)),), seams=(seam((-41, 80), (41, 80)), seam((26, 84), (28, 220), (24, 356)), seam((-26, 84), (-28, 220), (-24, 356)))),
        Outline((plain((0, 64), (40, 64), (52, 130), (72, 350), (14, 354), (6, 220), (0, 160)),), seams=(seam((-41, 80), (41, 80)), seam((24, 84), (34, 220), (42, 352)), seam((-24, 84), (-34, 220), (-42, 352)))),
        Outline((plain((0, 70), (40, 70), (48, 124), (48, 322), (14, 322), (8, 220), (0, 156)),), seams=(seam((-41, 86), (41, 86)), seam((12, 90), (16, 110)), seam((-12, 90), (-16, 110)), seam((48, 306), (14, 306)), seam((-48, 306), (-14, 306)))),
    ),
    "shoes": (
        Outline((smooth(((44, 196), (74, 204), (112, 236), (160, 254), (220, 262), (254, 276), (250, 288), (180, 290), (116, 284), (84, 262), (70, 292), (58, 292), (54, 240)), 6),), holes=(smooth(((72, 206), (104, 236), (150, 254), (140, 262), (100, 252)), 6),)),
        Outline((smooth(((48, 214), (96, 206), (126, 226), (178, 236), (232, 252), (256, 274), (252, 286), (150, 288), (52, 288), (46, 250)), 6),), seams=(smooth(((110, 216), (140, 250), (190, 258)), closed=False), ((120, 232), (168, 236)), ((46, 276), (254, 278)))),
        Outline((smooth(((64, 116), (112, 112), (124, 118), (124, 200), (150, 232), (216, 250), (250, 272), (246, 288), (150, 288), (62, 288), (58, 220)), 6),), seams=(((60, 276), (248, 278)), smooth(((112, 116), (112, 190), (128, 220)), closed=False))),
    ),
    "sandals": (
        Outline((smooth(((44, 276), (90, 264), (160, 268), (254, 274), (256, 286), (160, 290), (60, 292)), 6), smooth(((140, 268), (160, 222), (188, 216), (214, 232), (228, 270), (214, 270), (188, 234), (160, 268)), 6), smooth(((52, 276), (54, 220), (76, 206), (98, 220), (104, 266), (94, 266), (78, 224), (64, 270)), 6))),
        Outline((smooth(((40, 244), (90, 252), (150, 268), (256, 276), (256, 290), (150, 292), (44, 292)), 6), smooth(((128, 262), (176, 214), (192, 214), (216, 272), (202, 272), (182, 232), (146, 266)), 6), smooth(((146, 222), (162, 218), (226, 268), (206, 270)), 6))),
        Outline((smooth(((44, 280), (100, 272), (180, 274), (256, 280), (254, 290), (150, 292), (50, 292)), 6), *(smooth(((x, 276), (x + 10, y), (x + 24, y - 4), (x + 36, 276), (x + 28, 276), (x + 20, y + 10), (x + 8, 276)), 6) for x, y in ((60, 218), (116, 234), (176, 240))))),
    ),
    "bag": (
        Outline((plain((0, 176), (84, 176), (76, 318), (0, 322)), ring(150, 170, 46, 74)), holes=(ring(150, 170, 38, 66),), seams=(seam((-80, 196), (0, 198), (80, 196)),), handle=True),
        Outline((both((0, 186), (74, 186), (92, 210), (92, 290), (74, 310), (0, 312)), ring(150, 190, 66, 118)), holes=(ring(150, 190, 61, 113),), seams=(seam((-90, 214), (-40, 252), (0, 258), (40, 252), (90, 214)), ring(150, 258, 6, 6)), handle=True),
        Outline((both((0, 178), (60, 178), (66, 190), (80, 260), (70, 320), (40, 328), (0, 329)), ring(150, 180, 40, 56)), holes=(ring(150, 178, 34, 50),), seams=(seam((-66, 200), (0, 206), (66, 200)), seam((0, 206), (2, 236))), handle=True),
        Outline((plain((0, 176), (92, 176), (92, 276), (0, 278)),), seams=(seam((-92, 178), (0, 238), (92, 178)), ring(150, 238, 5, 5))),
    ),
    "scarf": (
        Outline((ring(150, 128, 66, 54), plain((6, 160), (44, 150), (62, 334), (22, 342))[:4], tuple((300 - x, y - 14) for x, y in plain((2, 164), (42, 150), (52, 336), (14, 342))[:4])), holes=(ring(150, 116, 40, 26),), seams=(smooth(((92, 138), (150, 170), (208, 138)), closed=False), seam((24, 166), (42, 336)), seam((-22, 166), (-34, 318)), ((174, 326), (211, 318)), ((100, 306), (136, 312)))),
        Outline((plain((0, 82), (58, 92), (62, 320), (0, 326)),), seams=(seam((-30, 88), (-28, 200), (-32, 322)), seam((4, 84), (8, 200), (2, 324)), seam((36, 90), (34, 200), (38, 322)), *(((150 + x, 322), (150 + x, 342)) for x in range(-58, 60, 8)))),
        Outline((smooth(((150, 66), (236, 152), (222, 200), (150, 330), (78, 200), (64, 152)), 3),), seams=(((84, 158), (216, 158)), smooth(((150, 74), (156, 200), (150, 326)), closed=False), smooth(((100, 164), (128, 230), (148, 310)), closed=False), smooth(((200, 164), (174, 230), (152, 310)), closed=False))),
    ),
    "accessory": (
        Outline((ring(150, 180, 78, 104), ring(150, 298, 15, 19)), holes=(ring(150, 176, 74, 102),)),
        Outline((ring(104, 220, 36, 46), ring(196, 220, 36, 46), ring(104, 164, 7, 7), ring(196, 164, 7, 7)), holes=(ring(104, 222, 27, 37), ring(196, 222, 27, 37))),
        Outline((ring(150, 214, 74, 60), ring(150, 152, 17, 15)), holes=(ring(150, 216, 62, 49),), seams=(ring(150, 152, 9, 8),)),
        Outline((ring(150, 205, 88, 58),), holes=(ring(150, 203, 78, 47),)),
        Outline((ring(150, 200, 18, 18), *(ring(150 + x, 200 + y, 30, 30) for x, y in ((0, -42), (40, -13), (25, 34), (-25, 34), (-40, -13)))), seams=(ring(150, 200, 17, 17),)),
    ),
}  # fmt: skip
OUTLINES["cashmere"] += (OUTLINES["knit"][1], OUTLINES["cardigan"][0], OUTLINES["cardigan"][2])
OUTLINES["knit"] += OUTLINES.pop("cardigan")
OUTLINES["blouse"] = (OUTLINES["shirt"][2], OUTLINES["shirt"][1])
