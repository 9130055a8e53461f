import ast
from pathlib import Path

import optimizer.check

ALLOWED = ("optimizer.check", "optimizer.inputs.tables", "optimizer.scenario", "optimizer.faults", "optimizer.policy")


def test_the_checker_shares_only_readers_scenario_and_rule_numbers():
    folder = Path(optimizer.check.__file__).parent
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 10
    for file in files:
        for name in _imported(file):
            ours = name == "optimizer" or name.startswith("optimizer.")
            assert not ours or any(name == room or name.startswith(f"{room}.") for room in ALLOWED), f"{file.name} imports {name}"


def _imported(file: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name} imports relatively"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
