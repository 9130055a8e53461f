"""Official totals that the course is made to meet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.faults import BadInputError, Fault, Faults
from optimizer.inputs.county import County
from optimizer.policy import Rules
from optimizer.population.rounding import Reals

MOST_ROUNDS = 10_000
CLOSE = 1e-9
"""Children by which a total may be missed before rounding."""


@dataclass(frozen=True)
class Control:
    """The residents of a span of ages on the cut-off of a year; ``variant`` is empty for the medium course."""

    year: int
    first: int
    last: int
    variant: str
    count: int
    file: str = ""

    def fault(self, what: str) -> Fault:
        """Return a fault of the table."""
        ages = f"ages {self.first}-{self.last}" if self.last > self.first else f"age {self.first}"
        return Fault(self.file, f"{self.year}, {ages}", what, "Correct the totals, or take one away")


def controls_of(county: County, rules: Rules) -> tuple[Control, ...]:
    """Return the county's control totals by age; a grade is the age at which it is entered."""
    table = county.drivers.controls
    if table is None:
        return ()
    file = next((source.path for source in county.sources if source.table == "controls"), "controls")
    found = []
    for year, by, first, last, variant, count in table[["year", "by", "first", "last", "variant", "count"]].to_numpy():
        shift = rules.entry_age - 1 if by == "grade" else 0
        found.append(Control(int(year), int(first) + shift, int(last) + shift, str(variant), int(count), file))
    return tuple(found)


def fit(totals: Reals, controls: Sequence[Control]) -> Reals:
    """Scale the county's children by age to the totals of a year: iterative proportional fitting.

    Each total in turn scales the ages of its span, round after round, until all are met (Deming and Stephan, 1940). One round is
    enough where no two spans share an age.

    Parameters
    ----------
    totals
        ``[A]`` children by age.
    controls
        Of one year.

    Returns
    -------
    ``[A]`` factors.

    Raises
    ------
    BadInputError
        If the county has no children of these ages, or the totals contradict each other.
    """
    factor = np.ones(len(totals))
    for _ in range(MOST_ROUNDS):
        worst = 0.0
        for control in controls:
            span = slice(control.first, control.last + 1)
            there = float((totals[span] * factor[span]).sum())
            worst = max(worst, abs(there - control.count))
            if there > 0:
                factor[span] *= control.count / there
            elif control.count:
                raise BadInputError((control.fault("the county has no children who could be scaled to this total"),))
        if worst <= CLOSE:
            return factor
    raise BadInputError((controls[0].fault("the totals of this year contradict each other"),))


def check_controls(controls: Sequence[Control], variants: Collection[str], faults: Faults) -> None:
    """Tell totals of unknown variants, and spans of ages that overlap without one holding the other.

    Parameters
    ----------
    variants
        Names that a total may bear.
    faults
        Takes what is found.
    """
    for index, one in enumerate(controls):
        if one.variant and one.variant not in variants:
            faults.extend([one.fault(f"there is no variant {one.variant!r} (known: {', '.join(sorted(variants))})")])
        for other in controls[:index]:
            if (one.year, one.variant) != (other.year, other.variant):
                continue
            if (one.first, one.last) == (other.first, other.last):
                faults.extend([one.fault("this total is given twice")])
            elif other.first < one.first <= other.last < one.last or one.first < other.first <= one.last < other.last:
                faults.extend([one.fault(f"the total of ages {other.first}-{other.last} has some of these ages and not others")])
