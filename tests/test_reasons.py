"""A scenario without any plan says which wishes cannot hold together, and the least that has to give way."""

from pathlib import Path

from tests.inputs_town import IDS
from tests.test_cli import SCENARIO, workspace, zoning

__all__ = ["workspace"]


def told(workspace: Path, wishes: str, lang: str = "en") -> str:
    (workspace / "scenarios" / "tied.yaml").write_text(f"{SCENARIO}wishes:\n{wishes}", encoding="utf-8")
    done = zoning("run", "scenarios/tied.yaml", "--lang", lang, cwd=workspace)
    assert done.returncode == 3, done.stderr
    assert not (workspace / "maps").exists()
    return done.stderr


CROSSED = """
  lock:
    - {blocks: [B3, B7], school: S1}
    - {blocks: [B6], school: S2}
    - {blocks: [B1], school: S1}
"""


def test_locks_that_cross_are_named_and_the_others_are_not(workspace: Path) -> None:
    """The school S1 lies in B0, S2 in B8; B6 has the neighbours B3 and B7 only."""
    said = told(workspace, CROSSED)
    together, give_up = said.split("The least that has to give way")
    assert "lock: B3, B7 to East (S1)" in together
    assert "lock: B6 to Other (S2)" in together
    assert "B1" not in together
    assert give_up.count("lock:") == 1


def test_in_chinese(workspace: Path) -> None:
    said = told(workspace, CROSSED, "zh")
    assert "不存在可行方案" in said
    assert "固定（lock）：B6 划入Other (S2)" in said


def test_a_distance_that_is_too_short_is_told_with_one_that_is_enough(workspace: Path) -> None:
    """The centres of B2 and B6 are 200 m from those of B0 and B8, where the schools lie."""
    said = told(workspace, "  max_distance_m: 150\n")
    assert "no block further than 150 m from its school; 200 would be enough" in said.split("give way")[1]


def test_a_block_with_no_school_left_is_told(workspace: Path) -> None:
    said = told(workspace, "  lock: [{blocks: [B7], school: S1}]\n  forbid: [{blocks: [B7], school: S1}]\n")
    assert "lock: B7 to East (S1)" in said
    assert "forbid: B7 not to East (S1)" in said


def test_keeping_everything_together_cannot_hold_two_schools(workspace: Path) -> None:
    said = told(workspace, f"  keep_together: [[{', '.join(IDS)}]]\n")
    assert "keep_together: B0, B1, B2, B3, B4, B5, B6, B7 and 1 more" in said
