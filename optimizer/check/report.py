"""What the checker hands back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.check import texts

Value = str | int | float

_NAMES_SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a plan, or that it falls short of.

    Attributes
    ----------
    rule
        Key of `optimizer.check.texts`.
    values
        What fills the braces of the text.
    ids
        Blocks or schools concerned, all of them.
    """

    rule: str
    values: Mapping[str, Value]
    ids: tuple[str, ...] = ()

    def text(self, lang: str = "en") -> str:
        """Return the finding as one sentence, in English (``en``) or Chinese (``zh``)."""
        english, chinese = (texts.BROKEN | texts.SHORTFALL)[self.rule]
        return (chinese if lang == "zh" else english).format(**self.values)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Report:
    """The checker's answer.

    Attributes
    ----------
    broken
        Rules that the plan breaks: with one of them the plan is not complete.
    shortfalls
        What the plan falls short of without breaking a rule.
    figures
        The headline figures, recomputed; empty where the assignment cannot be scored.
    """

    broken: tuple[Finding, ...]
    shortfalls: tuple[Finding, ...]
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether no rule is broken."""
        return not self.broken


def listed(ids: list[str] | tuple[str, ...]) -> str:
    """Return ids as text, the first ten and three dots."""
    names = ", ".join(ids[:_NAMES_SHOWN])
    return f"{names} ..." if len(ids) > _NAMES_SHOWN else names
