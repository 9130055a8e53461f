"""Tables that a county did not give, and what is assumed in their place: a sentence a table, in both languages."""

from optimizer.inputs.county import County
from optimizer.scenario.model import Scenario

ABSENT: dict[str, dict[str, str]] = {
    "residents": {
        "en": "the blocks' students stand for one year and one pooled grade; nothing is projected",
        "zh": "以居民区图层的学生数代替，只计一年、不分年级，不作人口预测",
    },
    "births": {
        "en": "the youngest residents are born again every year",
        "zh": "按现有最小年龄组人数推算各年出生人数",
    },
    "survival": {
        "en": "children die at the rates that `projection: mortality` names",
        "zh": "按 `projection: mortality` 所指死亡率计算存活人数",
    },
    "migration": {
        "en": "families move as `projection: migration` says; where it says nothing, none do",
        "zh": "按 `projection: migration` 计算迁移，未设定则视为无迁移",
    },
    "housing": {
        "en": "no new dwellings are built, and none are pulled down",
        "zh": "视为没有新建或拆除住房",
    },
    "enrolment": {
        "en": "who is at school already is taken from the residents and today's zones",
        "zh": "在校生按居民和现行片区推算",
    },
    "history": {
        "en": "every resident child of school age is in school",
        "zh": "视为所有适龄居民均在校就读",
    },
    "attendance": {
        "en": "every child goes to the school of its zone",
        "zh": "视为所有学生都在片区学校就读",
    },
    "current_zones": {
        "en": "nobody changes school, since nobody has a zone today",
        "zh": "视为没有现行片区，不计算转换学校的学生",
    },
    "roads": {
        "en": "distances are straight lines",
        "zh": "按直线距离计算",
    },
    "barriers": {
        "en": "nothing parts neighbors but gaps between blocks",
        "zh": "视为相邻居民区之间没有河流、铁路等阻隔",
    },
}
"""By table; one that is there changes the sentence's truth."""

INSTEAD = frozenset(
    {"population", "age_structure", "addresses", "homes", "distances", "women", "fertility", "controls"},
)
"""Tables that stand in for another one or sharpen it: nothing is assumed where they are not given."""

_OF_AGES = ("births", "survival", "migration", "housing", "enrolment", "history", "attendance")
"""Tables without meaning where the blocks' students are pooled."""


def absent(scenario: Scenario, county: County) -> list[str]:
    """Return the tables that were not given and that would have counted, keys of `ABSENT`."""
    given = {source.table for source in county.sources}
    needless = {"residents"} if county.residents is not None else set(_OF_AGES)
    if scenario.travel.mode == "matrix" and "distances" in given:
        needless.add("roads")
    if "women" in given:
        needless.add("births")
    return [table for table in ABSENT if table not in given and table not in needless]
