"""Faults of the planner's files, collected so that all of them are told at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one file.

    Attributes
    ----------
    file
        The file as the planner named it.
    where
        The row, line or key: ``row 12``, ``line 7 (horizon.years)``; empty where the whole file is meant.
    what
        What is wrong, in plain words.
    todo
        What to do about it.
    """

    file: str
    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        """Return the fault as one line for a terminal."""
        file = os.path.normpath(self.file) if self.file else self.file
        place = f"{file}, {self.where}" if self.where else file
        return f"{place}: {self.what}. {self.todo}"


class BadInputError(Exception):
    """The files cannot be used; ``faults`` lists every reason.

    Parameters
    ----------
    faults
        All that was found, in the order of reading.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass
class Faults:
    """A collector that readers add to; the reader goes on as long as it can."""

    _found: list[Fault] = field(default_factory=list)

    def add(self, file: str, where: str, what: str, todo: str) -> None:
        """Note one fault, once: the same fault met twice is told once."""
        fault = Fault(file, where, what, todo)
        if fault not in self._found:
            self._found.append(fault)

    def extend(self, others: Iterable[Fault]) -> None:
        """Note what others found, once."""
        for fault in others:
            self.add(fault.file, fault.where, fault.what, fault.todo)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise what was collected.

        Raises
        ------
        BadInputError
            If at least one fault was added.
        """
        if self._found:
            raise BadInputError(tuple(self._found))
