"""A YAML file as plain data that still knows on which line each key stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from optimizer.faults import Faults

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One YAML file.

    Attributes
    ----------
    path
        Where it was read.
    data
        Its mapping.
    lines
        Line (from 1) of each key and list item, by the path of keys that leads to it.
    """

    path: Path
    data: dict[str, Any]
    lines: dict[Key, int]

    def line(self, key: Key) -> int | None:
        """Return the line of a key, or of the nearest key above it that the file has."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key)


def read(path: Path, faults: Faults) -> Document | None:
    """Read one YAML mapping; faults go to ``faults`` and leave None."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        faults.add(str(path), "", f"the scenario file cannot be read ({error.strerror})", "Check the path.")
        return None
    except UnicodeDecodeError:
        faults.add(str(path), "", "the file is not UTF-8 text", "Save it as UTF-8.")
        return None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        faults.add(str(path), where, f"this is not YAML: {getattr(error, 'problem', error)}", "Mend the line; mind the indents.")
        return None
    if not isinstance(data, dict) or node is None:
        faults.add(str(path), "", "the file holds no keys", "Write `name:` and what follows; see docs/scenarios.md.")
        return None
    lines: dict[Key, int] = {}
    _walk(node, (), lines, path, faults)
    return Document(path, data, lines)


def _walk(node: yaml.Node, at: Key, lines: dict[Key, int], path: Path, faults: Faults) -> None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            key = (*at, str(name.value))
            line = name.start_mark.line + 1
            if key in lines:
                faults.add(str(path), f"line {line} ({_dotted(key)})", "the key stands twice", "Keep one of them.")
            lines[key] = line
            _walk(value, key, lines, path, faults)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[*at, index] = value.start_mark.line + 1
            _walk(value, (*at, index), lines, path, faults)


def _dotted(key: Key) -> str:
    return ".".join(str(part) for part in key)
