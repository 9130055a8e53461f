"""Rule sets as data: the policy's numbers, and what a scenario changes in them."""

from dataclasses import dataclass, replace

from optimizer.scenario.model import Policy

WALK_M_PER_MIN = 80.0
"""Metres of level walking in a minute (4.8 km/h).

Japan's property advertisements count so: 不動産の表示に関する公正競争規約施行規則.
"""


@dataclass(frozen=True)
class Rules:
    """The numbers of one level of schools in one rule set; None where the rule set has no such rule.

    Attributes
    ----------
    name
        Name of the rule set.
    first_grade, last_grade
        Grades of the level.
    entry_age
        Age in full years, on the cut-off, at which a child enters grade 1.
    cut_off_month
        The school year's children are those who reach the entry age by the end of this month.
    class_size
        Students a class may have.
    big_class, huge_class
        Students up to which a class is not yet 大班额, and not yet 超大班额.
    school_size, nine_year_size
        Students a school may have, and a nine-year school in all its compulsory grades.
    walk_limit_m
        Metres on foot beyond which a child needs a bus or a bed.
    reform_classes
        Whether a cohort's classes are formed anew each year.
    """

    name: str
    first_grade: int
    last_grade: int
    entry_age: int
    cut_off_month: int
    class_size: int | None
    big_class: int
    huge_class: int
    school_size: int | None
    nine_year_size: int | None
    walk_limit_m: int | None
    reform_classes: bool

    @property
    def grades(self) -> tuple[int, ...]:
        """The level's grades in order."""
        return tuple(range(self.first_grade, self.last_grade + 1))


_CN_PRIMARY = Rules(
    # Classes of 45 and 50, schools of 2,000, nine-year schools of 2,500: 县域义务教育优质均衡发展督导评估办法 (教督〔2017〕6号).
    # 56 students make an oversized class, 66 a grossly oversized one: the education ministry's yearly statistics.
    # Children who are six by 31 August enter grade 1: 义务教育法, article 11. The walking limit is our own.
    name="cn-2017",
    first_grade=1,
    last_grade=6,
    entry_age=6,
    cut_off_month=8,
    class_size=45,
    big_class=55,
    huge_class=65,
    school_size=2000,
    nine_year_size=2500,
    walk_limit_m=3000,
    reform_classes=False,
)
_CN_JUNIOR = replace(_CN_PRIMARY, first_grade=7, last_grade=9, class_size=50)
_OFF = {"class_size": None, "school_size": None, "nine_year_size": None, "walk_limit_m": None}

_RULES: dict[tuple[str, str], Rules] = {
    ("cn-2017", "primary"): _CN_PRIMARY,
    ("cn-2017", "junior"): _CN_JUNIOR,
    ("generic", "primary"): replace(_CN_PRIMARY, name="generic", **_OFF),  # type: ignore[arg-type]
    ("generic", "junior"): replace(_CN_JUNIOR, name="generic", **_OFF),  # type: ignore[arg-type]
}


def rules(policy: Policy, level: str) -> Rules:
    """Return the rule set of a level with the scenario's changes.

    Parameters
    ----------
    policy
        The scenario's policy; a key set to null switches its rule off, a key left out keeps the rule set's number.
    level
        ``primary`` or ``junior``.
    """
    found = _RULES[policy.base, level]
    given = policy.model_fields_set
    changes: dict[str, int | bool | None] = {
        key: getattr(policy, key) for key in ("class_size", "school_size", "walk_limit_m") if key in given
    }
    if policy.walk_limit_min is not None:
        changes["walk_limit_m"] = round(policy.walk_limit_min * WALK_M_PER_MIN)
    if "school_size" in given and policy.school_size is None:
        changes["nine_year_size"] = None
    if policy.reform_classes is not None:
        changes["reform_classes"] = policy.reform_classes
    limit = changes.get("class_size") or 0
    lines = {"big_class": max(found.big_class, limit), "huge_class": max(found.huge_class, limit)}
    return replace(found, **changes, **lines)  # type: ignore[arg-type]
