"""A plan that holds, by the command: what is written, that the checker agrees, and that it can be compared."""

import json

import pandas as pd

from tests.test_cli import workspace, zoning

__all__ = ["workspace"]


def test_a_plan_that_holds_is_written_checked_and_compared(workspace) -> None:
    text = "extends: plain.yaml\nhorizon: {years: 8}\nprojection: {variants: [low, medium, high], hold: tail, tail: 0.4}\n"
    (workspace / "scenarios/held.yaml").write_text(text, encoding="utf-8")
    done = zoning("run", "scenarios/plain.yaml", "scenarios/held.yaml", cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the checker agrees") == 2
    folder = workspace / "maps/held"
    other = pd.read_csv(folder / "nominal.csv")
    assert set(other["block_id"]) == set(pd.read_csv(folder / "assignment.csv")["block_id"])
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert [row["variant"] for row in result["by_variant"]] == ["low", "medium", "high"]
    assert result["certificate"]["divisor"] == 2 * 8 * 3  # 0.4 is two fifths
    assert "What it costs that the plan holds" in (folder / "report.html").read_text(encoding="utf-8")
    assert not (workspace / "maps/plain/nominal.csv").exists()
    compared = zoning("compare", "maps/plain", "maps/held", cwd=workspace)
    assert compared.returncode == 0, compared.stderr
    assert "held: high" in (workspace / "maps/compare/compare.html").read_text(encoding="utf-8")
    result["by_variant"][2]["students"] += 1
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    assert zoning("verify", "maps/held", cwd=workspace).returncode == 3
