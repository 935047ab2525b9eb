"""The chart of `make bench-sync`: one bar a side, on a logarithmic scale, in plain SVG."""

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10

from tests.bench.sync.measure import Figures
from tests.bench.sync.targets import WORKLOADS

_SIDES = {"ours": "#0b6e4f", "anki": "#8d99ae", "libsql": "#8d99ae", "zero": "#8d99ae", "pouchdb": "#8d99ae"}
_LIMIT = "#d9a441"
"""For what no engine can beat: L1, L2 and whatever else is not a side of its own."""
_LEFT, _WIDTH, _BAR, _GAP, _TOP = 190, 560, 15, 14, 34
_CHARTED = ("W1", "W1b", "W1c", "W2", "W3", "W5")
"""Those measured in seconds."""


def chart(figures: Figures) -> str:
    """Return the SVG; each group is one case of one workload, fastest side first."""
    groups = list(_groups(figures))
    values = [value for _, bars in groups for _, value in bars]
    low, high = (floor(log10(min(values))), ceil(log10(max(values)))) if values else (-3, 1)
    high = max(high, low + 1)
    height = _TOP + sum(len(bars) * (_BAR + 3) + _GAP + 16 for _, bars in groups) + 20
    parts = list(_frame(low, high, height))
    y = _TOP
    for title, bars in groups:
        parts.append(f'<text x="10" y="{y + 11}" font-weight="bold">{escape(title)}</text>')
        y += 16
        for side, value in bars:
            width = max(1.0, (log10(value) - low) / (high - low) * _WIDTH)
            colour = _SIDES.get(side, _LIMIT)
            parts.append(f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(side)}</text>')
            parts.append(f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>')
            parts.append(f'<text x="{_LEFT + width + 5:.1f}" y="{y + 12}">{value:.3g} s</text>')
            y += _BAR + 3
        y += _GAP
    return "\n".join([*parts, "</svg>\n"])


def _groups(figures: Figures) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    cases = dict.fromkeys((key.workload, key.case) for key in figures.samples if key.workload in _CHARTED)
    for workload, case in sorted(cases, key=lambda pair: (list(WORKLOADS).index(pair[0]), pair[1].zfill(8))):
        found = ((key, figures.median(key)) for key in figures.samples if (key.workload, key.case) == (workload, case))
        bars = [(key.side, value) for key, value in found if value]
        if bars:
            yield f"{workload}: {WORKLOADS[workload]}, {case}", sorted(bars, key=lambda bar: bar[1])


def _frame(low: int, high: int, height: int) -> Iterator[str]:
    whole = _LEFT + _WIDTH + 80
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height}" font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{whole}" height="{height}" fill="white"/>'
    for power in range(low, high + 1):
        x = _LEFT + (power - low) / (high - low) * _WIDTH
        yield f'<line x1="{x:.1f}" y1="{_TOP - 10}" x2="{x:.1f}" y2="{height - 10}" stroke="#dddddd"/>'
        yield f'<text x="{x:.1f}" y="{_TOP - 16}" text-anchor="middle">{10.0**power:g} s</text>'
