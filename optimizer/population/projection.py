"""The yearly course of the school-age residents of each block."""

from dataclasses import dataclass

from optimizer.problem import Ints


@dataclass(frozen=True)
class Reach:
    """From which year a driver of the projection can reach a grade.

    Attributes
    ----------
    driver
        ``births``, ``migration`` or ``housing``.
    grade
        The grade's name.
    year
        First year, or None if the horizon ends before.
    """

    driver: str
    grade: str
    year: int | None


@dataclass(frozen=True)
class Population:
    """Projected residents of school age.

    Attributes
    ----------
    blocks, years, grades, variants
        Ids behind the axes ``B, T, G, V``.
    weight
        ``[V]`` integer weights of the variants.
    students
        ``[B, T, G, V]`` residents of the age of each grade, whole children.
    reach
        For each driver and grade the first year it can be felt; empty where there are no ages.
    """

    blocks: tuple[str, ...]
    years: tuple[int, ...]
    grades: tuple[str, ...]
    variants: tuple[str, ...]
    weight: Ints
    students: Ints
    reach: tuple[Reach, ...]
