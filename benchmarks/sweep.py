"""A sweep of 60 runs of the sample county on two workers: ``python -m benchmarks.sweep [--workers N] [--runs N]``.

Prints a JSON line: the wall time of the whole command against the sum of the runs' own searches, and the time of a second call
that finds everything made. Runs are short (three years, 1 % of the default work): the share of the searches grows with theirs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml

PRICES = [0, 100, 300, 1000, 3000]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "bench.yaml"
        path.write_text(yaml.safe_dump(sweep(asked.runs)), encoding="utf-8")
        first, second = (called(path, folder, asked.workers) for _ in range(2))
        rows = pd.read_parquet(folder / "bench" / "runs.parquet")
    solve = float(rows["solve_seconds"].sum())
    line = {
        "runs": len(rows),
        "done": int((rows["status"] == "done").sum()),
        "workers": asked.workers,
        "wall_seconds": round(first, 1),
        "solve_seconds": round(solve, 1),
        "prepare_seconds": round(float(rows["prepare_seconds"].sum()), 1),
        "solve_per_wall": round(solve / first, 2),
        "again_seconds": round(second, 1),
    }
    print(json.dumps(line))


def sweep(runs: int) -> dict[str, object]:
    """Return the sweep file: five prices of change, and draws."""
    return {
        "base": str(Path("scenarios/rezone.yaml").resolve()),
        "list": [{"horizon.years": 3, "solver.work": 0.01}],
        "grid": {"weights.change_m": PRICES},
        "draws": max(runs // len(PRICES), 1),
    }


def called(path: Path, out: Path, workers: int) -> float:
    """Run the command; return its seconds."""
    began = time.monotonic()
    command = [sys.executable, "-m", "optimizer", "sweep", str(path), "--workers", str(workers), "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
