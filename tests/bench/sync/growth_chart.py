"""The chart of `make bench-growth`: each cost relative to what it is at the smallest size, in plain SVG."""

from collections.abc import Iterator, Mapping
from html import escape
from math import log10

_COLOURS = ("#0b6e4f", "#d9a441", "#33658a", "#a23b72", "#5f6caf", "#8d99ae")
_LEFT, _WIDTH, _HEIGHT, _TOP, _LEGEND = 70, 420, 240, 46, 270

Measured = Mapping[int, Mapping[str, float]]
"""Figures by size."""


def growth_chart(by_size: Measured, by_processes: Measured) -> str:
    """Return the SVG: left what grows with the customers (both axes logarithmic), below it what more processes bring."""
    height = 2 * (_HEIGHT + _TOP + 50)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + _LEGEND} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_LEFT + _WIDTH + _LEGEND}" height="{height}" fill="white"/>',
        *_plot("cost by customers of the retailer, relative to the smallest", by_size, _TOP, logarithmic=True),
        *_plot("by server processes, relative to one", by_processes, _HEIGHT + 2 * _TOP + 50, logarithmic=False),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _plot(title: str, measured: Measured, top: int, *, logarithmic: bool) -> Iterator[str]:
    if len(measured) < 2:
        return
    scale = log10 if logarithmic else float
    sizes, names = list(measured), list(next(iter(measured.values())))
    first = measured[sizes[0]]
    ratios = {name: [measured[size][name] / (first[name] or 1.0) for size in sizes] for name in names}
    most = max(2.0, *(ratio for line in ratios.values() for ratio in line))
    low, high = scale(sizes[0]), scale(sizes[-1])

    def x(size: int) -> float:
        return _LEFT + (scale(size) - low) / (high - low) * _WIDTH

    def y(ratio: float) -> float:
        return top + _HEIGHT - ratio / most * _HEIGHT

    yield f'<text x="{_LEFT}" y="{top - 18}" font-weight="bold">{escape(title)}</text>'
    for tick in range(int(most) + 1) if most <= 12 else range(0, int(most) + 1, int(most // 6)):
        yield f'<line x1="{_LEFT}" y1="{y(tick):.1f}" x2="{_LEFT + _WIDTH}" y2="{y(tick):.1f}" stroke="#dddddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick} x</text>'
    for size in sizes:
        yield f'<text x="{x(size):.1f}" y="{top + _HEIGHT + 18}" text-anchor="middle">{size:,}</text>'
    for place, name in enumerate(names):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(f"{x(size):.1f},{y(ratio):.1f}" for size, ratio in zip(sizes, ratios[name], strict=True))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        row = top + 16 * place
        yield f'<rect x="{_LEFT + _WIDTH + 20}" y="{row}" width="12" height="4" fill="{colour}"/>'
        yield f'<text x="{_LEFT + _WIDTH + 38}" y="{row + 6}">{escape(name)}: {ratios[name][-1]:.2f} x</text>'
