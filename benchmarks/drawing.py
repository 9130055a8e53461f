"""Time and memory against the size of a county, drawn on logarithmic axes, with the power that each grows by."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

WHOLE = 10
"""Values from here on are told in whole numbers."""

MEASURES = {"seconds": "seconds", "peak_memory_mb": "peak memory, MB"}


def power(size: Sequence[float], cost: Sequence[float]) -> float:
    """Return the slope of the least squares line through the logarithms: cost grows with size to this power."""
    return float(np.polyfit(np.log(size), np.log(cost), 1)[0])


def draw_growth(lines: Sequence[Mapping[str, object]], path: Path) -> None:
    """Draw seconds and memory of the lines of `benchmarks.scale` against their blocks, as an SVG of the same bytes each time."""
    blocks = [float(str(line["blocks"])) for line in lines]
    with mpl.rc_context({"svg.hashsalt": "growth", "font.size": 9}):
        figure = Figure(figsize=(8, 3.2), layout="constrained")
        for axes, (key, label) in zip(figure.subplots(1, 2), MEASURES.items(), strict=True):
            cost = [float(str(line[key])) for line in lines]
            axes.loglog(blocks, cost, "o-", color="#1f5f8b")
            for x, y in zip(blocks, cost, strict=True):
                told = f"{y:,.0f}" if y >= WHOLE else f"{y:.1f}"
                axes.annotate(told, (x, y), xytext=(0, 6), textcoords="offset points", ha="center")
            axes.set(xlabel="blocks", ylabel=label, title=f"grows with blocks to the power {power(blocks, cost):.2f}")
            axes.set_xticks(blocks, [f"{x:,.0f}" for x in blocks], rotation=30)
            axes.minorticks_off()
            axes.margins(x=0.1, y=0.25)
            axes.grid(visible=True, alpha=0.3)
        figure.savefig(path, format="svg", metadata={"Date": None})
