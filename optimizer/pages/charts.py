"""Charts as plain SVG: the numbers are placed here, `charts.html.j2` draws them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LINES = (
    "#1f5f8b",
    "#d1731c",
    "#5b8c3a",
    "#8a4f9e",
    "#b3323a",
    "#4a9aa5",
    "#8f7b21",
    "#c0669b",
    "#5d5d5d",
    "#2f3f9e",
    "#7c4a2d",
    "#0f6b4f",
)
"""Colors of series in their order; dashes tell them apart as well."""

DASHES = ("", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", "8 3 2 3")

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 8, 20


@dataclass(frozen=True)
class Stroke:
    """A line of a chart: the points of its path, its color and dashes, and its name."""

    name: str
    path: str
    color: str
    dash: str


@dataclass(frozen=True)
class Bar:
    """A rectangle of a chart, with what a reader who points at it is told."""

    x: float
    y: float
    width: float
    height: float
    color: str
    told: str


@dataclass(frozen=True)
class Chart:
    """A chart that only needs drawing.

    Attributes
    ----------
    title
        Said above the chart, and to readers who cannot see it.
    width, height
        Of the view box.
    x_ticks, y_ticks
        Place and text.
    strokes, bars
        What is drawn.
    left, right, bottom
        The plotting area's borders.
    """

    title: str
    width: float
    height: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    strokes: tuple[Stroke, ...]
    bars: tuple[Bar, ...]
    left: float
    right: float
    bottom: float


def lines(
    title: str,
    years: Sequence[int],
    series: Mapping[str, Sequence[float | None]],
    limits: Sequence[tuple[str, Sequence[float | None]]] = (),
    size: tuple[float, float] = (250, 140),
) -> Chart:
    """Place one line a series over the years, from zero, and limits as dashed step lines.

    Parameters
    ----------
    title
        What the chart shows.
    years
        The x axis.
    series
        Values by name; None breaks the line.
    limits
        Name and values of each limit.
    size
        Width and height.
    """
    known = [v for values in (*series.values(), *(limit for _, limit in limits)) for v in values if v is not None]
    top, ticks = scale(max(known, default=0.0))
    width, height = size
    xs = _spread(len(years), _LEFT + 4, width - _RIGHT - 4)
    strokes = [
        Stroke(name, _path(xs, [_y(v, top, height) for v in values]), LINES[i % len(LINES)], DASHES[i % len(DASHES)])
        for i, (name, values) in enumerate(series.items())
    ]
    for name, values in limits:
        strokes.insert(0, Stroke(name, _steps(xs, [_y(v, top, height) for v in values], width - _RIGHT), "#1d2530", "limit"))
    return _chart(title, size, list(zip(xs, years, strict=True)), (top, ticks), tuple(strokes), ())


def stacks(
    title: str,
    years: Sequence[int],
    layers: Mapping[str, tuple[str, Sequence[float]]],
    most: float,
    size: tuple[float, float] = (520, 200),
) -> Chart:
    """Place stacked bars, a bar a year.

    Parameters
    ----------
    title
        What the chart shows.
    years
        The x axis.
    layers
        Color and values by name, from the bottom up.
    most
        The largest value the axis must hold.
    size
        Width and height.
    """
    width, height = size
    top, ticks = scale(most)
    slot = (width - _LEFT - _RIGHT) / max(len(years), 1)
    xs = [_LEFT + slot * (i + 0.5) for i in range(len(years))]
    bars = []
    for i, x in enumerate(xs):
        base = 0.0
        for name, (color, values) in layers.items():
            low, high = _y(base, top, height), _y(base + values[i], top, height)
            if low is not None and high is not None and values[i] > 0:
                bars.append(Bar(x - slot * 0.35, high, slot * 0.7, low - high, color, f"{years[i]} · {name}: {values[i]:,.0f}"))
            base += values[i]
    return _chart(title, size, list(zip(xs, years, strict=True)), (top, ticks), (), tuple(bars))


def scale(most: float) -> tuple[float, list[float]]:
    """Return a round number at or above the largest value, and the ticks up to it (two to five)."""
    if most <= 1:
        return 1.0, [0.0, 1.0]
    unit = 10 ** math.floor(math.log10(most))
    step = next(unit * share for share in (0.2, 0.5, 1.0, 2.0) if most <= 5 * unit * share)
    step = max(step, 1.0)
    count = math.ceil(most / step)
    return step * count, [step * i for i in range(count + 1)]


def _chart(
    title: str,
    size: tuple[float, float],
    years: list[tuple[float, int]],
    axis: tuple[float, list[float]],
    strokes: tuple[Stroke, ...],
    bars: tuple[Bar, ...],
) -> Chart:
    width, height = size
    every = math.ceil(len(years) / max(int((width - _LEFT) // 42), 1))
    x_ticks = tuple((x, str(year)) for i, (x, year) in enumerate(years) if i % every == 0)
    y_ticks = tuple((_place(tick, axis[0], height), f"{tick:,.0f}") for tick in axis[1])
    return Chart(title, width, height, x_ticks, y_ticks, strokes, bars, _LEFT, width - _RIGHT, height - _BOTTOM)


def _place(value: float, top: float, height: float) -> float:
    return round(height - _BOTTOM - value / top * (height - _TOP - _BOTTOM), 1)


def _y(value: float | None, top: float, height: float) -> float | None:
    return None if value is None else _place(value, top, height)


def _spread(count: int, first: float, last: float) -> list[float]:
    if count == 1:
        return [(first + last) / 2]
    return [round(first + (last - first) * i / (count - 1), 1) for i in range(count)]


def _path(xs: Sequence[float], ys: Sequence[float | None]) -> str:
    """Return a path through the points; one that stands alone becomes a dot."""
    path, pen = [], "M"
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if y is None:
            pen = "M"
            continue
        path.append(f"{pen}{x} {y}")
        alone = pen == "M" and (i + 1 == len(ys) or ys[i + 1] is None)
        if alone:
            path.append("h0.01")
        pen = "L"
    return "".join(path)


def _steps(xs: Sequence[float], ys: Sequence[float | None], end: float) -> str:
    """Return a path that holds each value from half a year before to half a year after, inside the plot."""
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 20.0
    path, level = [], None
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            level = None
            continue
        path.append(f"M{round(max(x - half, _LEFT), 1)} {y}" if level is None else f"V{y}")
        path.append(f"H{round(min(x + half, end), 1)}")
        level = y
    return "".join(path)
