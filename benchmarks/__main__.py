"""All measurements, and the page made of them: ``python -m benchmarks [--data DIR] [--seconds N] [--only PART...]``.

Every part is a command of its own whose JSON lines are kept in ``build/benchmarks``; the page is written of what is there, so
parts can be measured one by one. Parts on real counties need DIR (``../shared/data`` beside the checkout) and are left out
without it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median

from benchmarks.counties import gongyi
from benchmarks.drawing import draw_growth
from optimizer.folder import versions

RESULTS = Path("build/benchmarks")
PAGE = Path("docs/benchmarks.md")
DRAWING = PAGE.with_name("growth.svg")
SCALES = ((1_000, 10), (3_000, 30), (10_000, 100), (50_000, 400), (100_000, 800))
PEERS = ("gys_37a", "zys_13a", "gy2s_18a")
PEER_COUNTY = "10000x100"
PEER_SECONDS = 20.0
SAMPLE = "scenarios/rezone.yaml"

Line = dict[str, object]


def parts(data: Path, seconds: float) -> dict[str, list[list[str]]]:
    """Return the commands of each part: module and arguments."""
    ask = ["--seconds", str(seconds)]
    sizes = [
        ["scale", "--blocks", str(b), "--schools", str(s), "--seconds", "180" if b > 10_000 else str(seconds)] for b, s in SCALES
    ]
    instances = [SAMPLE, PEER_COUNTY, *(str(data / "sap" / f"{name}.txt") for name in PEERS)]
    if data.is_dir():
        instances.append(str(RESULTS / "gongyi.yaml"))
    real = {
        "counties": [["counties", str(data)]],
        "study": [["study", str(data / "bcps")]],
        "sap": [["sap", str(data / "sap"), *ask, "--out", str(RESULTS / "sap")]],
        "peers": [["peers", *instances, "--seconds", str(PEER_SECONDS), "--threads", "1", "--seeds", "1", "2", "3"]],
    }
    return (real if data.is_dir() else {}) | {
        "scale": sizes,
        "classes": [["classes", "--spare", spare, "--seed", seed] for spare in ("1.15", "1.5") for seed in ("1", "2", "3")],
        "geometry": [["geometry"]],
        "population": [["population"]],
        "sweep": [["sweep"]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", nargs="+", help="measure these parts, keep what is there of the others")
    asked = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for part, commands in parts(asked.data, asked.seconds).items():
        if not asked.only or part in asked.only:
            if part == "peers":
                gongyi(asked.data.resolve(), RESULTS)
            measure(part, commands)
    PAGE.write_text(page(asked.seconds), encoding="utf-8")
    if lines("scale"):
        draw_growth(lines("scale"), DRAWING)
    print(f"wrote {PAGE}")


def measure(part: str, commands: list[list[str]]) -> None:
    """Run a part's commands; its lines replace those of an earlier run when all have ended."""
    fresh = RESULTS / f"{part}.new"
    with fresh.open("w", encoding="utf-8") as file:
        for command in commands:
            print(part, *command[1:], flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{command[0]}", *command[1:]], stdout=file, check=True)
    fresh.replace(RESULTS / f"{part}.jsonl")


def lines(part: str) -> list[Line]:
    """Return what a part printed, or nothing if it was never measured."""
    path = RESULTS / f"{part}.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def page(seconds: float) -> str:
    """Return the page in Markdown."""
    used = ", ".join(f"{name} {number}" for name, number in versions().items())
    head = [
        "# Measurements",
        "",
        "Written by `make bench` (`python -m benchmarks`; `--only sap` and so on measure one part). The code under `benchmarks/`",
        "says what each part reads and does.",
        "",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {platform.system()}. {used}.",
        "",
    ]
    titles = {
        "counties": "Two real counties, beside the plans that people drew",
        "study": "The boundary study's optima",
        "sap": f"Service area instances, {seconds:.0f} s each",
        "peers": f"Other methods, {PEER_SECONDS:.0f} s each on one thread, medians of the seeds",
        "scale": "Growing counties",
        "classes": "Whole classes: six grades, ten years, three projections",
        "geometry": "Reading, neighbours and ways of a large county",
        "sweep": "A sweep of the sample county: wall time against the runs' own searches",
        "population": "Projecting many blocks and draws",
    }
    body = []
    for part, title in titles.items():
        found = summary(lines(part)) if part == "peers" else lines(part)
        if found:
            above = {"sap": sap_sentence, "scale": _drawing}.get(part)
            body += [f"## {title}", "", *([above(found), ""] if above else []), *table(found), ""]
    return "\n".join(head + body)


def summary(found: Iterable[Line]) -> list[Line]:
    """Return one line an instance and method: the medians over its seeds."""
    groups: dict[tuple[object, object], list[Line]] = {}
    for line in found:
        groups.setdefault((line["instance"], line["method"]), []).append(line)
    return [_medians(group) for group in groups.values()]


def _medians(group: list[Line]) -> Line:
    merged: Line = {}
    for key, value in group[0].items():
        numbers = [
            float(str(line[key])) for line in group if isinstance(line[key], int | float) and not isinstance(line[key], bool)
        ]
        if key != "seed":
            merged[key] = median(numbers) if numbers else value
    return merged | {"seeds": len(group)}


def sap_sentence(found: list[Line]) -> str:
    """Return what all instances come to in one sentence."""
    above = [float(str(line["above_best"])) for line in found if line.get("above_best") is not None]
    gaps = [float(str(line["gap"])) for line in found if line.get("gap") is not None]
    feasible = sum(bool(line["feasible"]) for line in found)
    proved = sum(line.get("stopped") == "proof" for line in found)
    best = (
        f"mean {mean(above):.3%} and at worst {max(above):.3%} above the best known" if above else "no best known to compare with"
    )
    return (
        f"{len(found)} instances, {feasible} feasible plans, {proved} proved optimal; {best}; mean proved gap {mean(gaps):.2%}."
    )


def _drawing(found: list[Line]) -> str:
    return f"![Seconds and memory of {len(found)} counties, on logarithmic axes]({DRAWING.name})"


def table(found: list[Line]) -> list[str]:
    """Return a Markdown table of lines with the same keys."""
    keys = list(dict.fromkeys(key for line in found for key in line))
    rows = [[_shown(line.get(key)) for key in keys] for line in found]
    return [
        f"| {' | '.join(key.replace('_', ' ') for key in keys)} |",
        "|---" * len(keys) + "|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, float):
        return f"{value:,.5g}" if abs(value) < 1000 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000 else str(value)


if __name__ == "__main__":
    main()
