"""Makes the fonts that names in other scripts fall back to: `python -m tests.fonts`, where Debian's font packages lie.

    apt-get download fonts-noto-cjk fonts-noto-color-emoji && for f in *.deb; do dpkg -x "$f" found; done
    python -m tests.fonts --from found/usr/share/fonts

The browser fetches one of them when the first character appears that needs it (`clienteling.web`), so each holds what the
house's own fonts lack and no more.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

FONTS = Path(__file__).parents[1] / "assets" / "fonts"
_CJK, _EMOJI = "opentype/noto/NotoSansCJK-Regular.ttc", "truetype/noto/NotoColorEmoji.ttf"
_KOREAN, _CHINESE = 1, 2
"""Which font of the collection."""
_PEOPLE_WRITE = (
    (0x203C, 0x203C), (0x2600, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B55), (0x1F300, 0x1F320), (0x1F330, 0x1F393),
    (0x1F3A0, 0x1F3F0), (0x1F400, 0x1F4FC), (0x1F500, 0x1F53D), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5),
    (0x1F90D, 0x1F93A), (0x1F970, 0x1F97A), (0x1F980, 0x1F9AE), (0x1FA70, 0x1FA74), (0xFE0F, 0xFE0F),
)  # fmt: skip
"""Emoji as they stand in names: single signs (Unicode 6 and the hearts, faces and animals since), no flags or families."""


def coded(codec: str) -> Iterator[int]:
    """Yield the characters of a two-byte national set, e.g. `gb2312`."""
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                yield ord(bytes((high, low)).decode(codec))
            except (UnicodeDecodeError, TypeError):
                continue


def house() -> set[int]:
    """What the fonts that are always there have."""
    files = ("BIZUDPGothic-Regular.ttf", "NotoSansJP-RareNames.otf")
    return {code for name in files for code in TTFont(FONTS / name).getBestCmap()}


def write(font: TTFont, codes: Iterable[int], to: Path) -> None:
    """Write the part of a font that these characters need, packed for the web."""
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, name_IDs=[1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=sorted(set(codes) & set(font.getBestCmap())))
    maker.subset(font)
    subset.save_font(font, str(to), options)
    print(f"{to.name}: {len(font.getBestCmap())} characters, {to.stat().st_size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="source", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--to", type=Path, default=FONTS)
    given = parser.parse_args()
    have = house()
    cjk = TTCollection(str(given.source / _CJK)).fonts
    hangul = {code for code in coded("cp949") if 0x3130 <= code <= 0xD7A3 and not 0x3400 <= code <= 0x9FFF}
    write(cjk[_KOREAN], hangul - have, given.to / "NotoSansKR-Names.woff2")
    chinese = {code for codec in ("gb2312", "big5") for code in coded(codec) if code >= 0x3400}
    write(cjk[_CHINESE], chinese - have, given.to / "NotoSansSC-Names.woff2")
    emoji = {code for first, last in _PEOPLE_WRITE for code in range(first, last + 1)}
    write(TTFont(given.source / _EMOJI), emoji - have, given.to / "NotoColorEmoji-Names.woff2")


if __name__ == "__main__":
    main()
