"""Rules in order, whatever file they come from: what each looks for, and which class it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Cause
from probe.classify import taxonomy
from probe.classify.rules.expressions import Dialect, UnsupportedExpressionError, for_re2
from probe.classify.rules.reply import ReceivedReply
from probe.input_error import InputError

OWN: Final = "rules"
"""The format of our own, whose classes are our causes."""

Labels = Mapping[str, Cause | None]
"""Classes that users made up, and the cause each stands for."""


class RuleText(NamedTuple):
    """A rule file as it was read: its name, for messages, and what stands in it."""

    name: str
    text: str


class RulePlace(NamedTuple):
    """Where a rule stands: its number from 1, over all files, its file, and the line in it, 0 where not known."""

    number: int
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class RuleConditions:
    """What a rule asks of a reply beside its words. Empty asks nothing.

    ``codes`` are such as ``550`` or ``55x``, ``statuses`` such as ``5.7.1`` or ``5.7.x``.
    """

    stages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    domain: str = ""

    def hold(self, heard: ReceivedReply) -> bool:
        """Whether a reply is one that the rule is asked about."""
        return (
            (not self.stages or heard.stage in self.stages)
            and (not self.codes or any(_fits(str(heard.code), code) for code in self.codes))
            and (not self.statuses or any(_fits(heard.enhanced or "", status) for status in self.statuses))
            and (not self.domain or domain_of(heard.recipient) == self.domain)
        )

    def __str__(self) -> str:
        asked = {"stage": self.stages, "code": self.codes, "enhanced": self.statuses}
        told = [f"{name} {' or '.join(values)}" for name, values in asked.items() if values]
        return ", ".join([*told, *([f"domain {self.domain}"] if self.domain else ())])


ANY: Final = RuleConditions()


@dataclass(frozen=True, slots=True)
class BounceRule:
    """One rule.

    ``source`` is the expression as the file writes it, ``expression`` the same for RE2, None where RE2 refuses it and
    the rule never fires; then ``refused`` says why. ``oddity`` is what is wrong with how the rule is written.
    """

    place: RulePlace
    class_name: str
    cause: Cause | None
    source: str
    expression: str | None
    refused: str = ""
    conditions: RuleConditions = ANY
    name: str = ""
    oddity: str = ""

    @property
    def number(self) -> int:
        """Its place in the order, from 1."""
        return self.place.number

    @property
    def asks(self) -> str:
        """What it asks, as a person would read it."""
        return ", ".join(filter(None, [str(self.conditions), self.source])) or "nothing"


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A reply that a file itself names.

    ``class_name`` is the class that must come out. Where it is None, the rule numbered ``rule`` must decide, or, if not
    ``fires``, must not even match.
    """

    place: RulePlace
    heard: ReceivedReply
    class_name: str | None = None
    rule: int = 0
    fires: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one format in order: the first that matches decides.

    ``ask`` writes a reply as the system gives it to its expressions; ``any_case`` says that letters of any case are
    alike. Where no rule matches, the class is ``otherwise``. ``tests`` are what the author asks for, ``samples``
    replies that stand in the file as comments.
    """

    kind: str
    rules: tuple[BounceRule, ...]
    ask: Callable[[ReceivedReply], str]
    any_case: bool
    otherwise: str
    labels: Labels = field(default_factory=dict)
    tests: tuple[RuleExample, ...] = ()
    samples: tuple[RuleExample, ...] = ()


def make_rule(place: RulePlace, class_name: str, cause: Cause | None, source: str, dialect: Dialect) -> BounceRule:
    """Return a rule, with its expression said for RE2 as far as it can be."""
    try:
        return BounceRule(place, class_name, cause, source, for_re2(source, dialect))
    except UnsupportedExpressionError as error:
        return BounceRule(place, class_name, cause, source, None, str(error))


def cause_of(kind: str, name: str, labels: Labels) -> Cause | None:
    """Return the cause of a class, the user's own word before the system's; raises taxonomy.UnknownNameError."""
    if name in labels:
        return labels[name]
    return taxonomy.cause_named(name) if kind == OWN else taxonomy.cause_of(kind, name)


def cause_at(place: object, kind: str, name: str, labels: Labels) -> Cause | None:
    """Return the cause of a class that stands in a file; raises InputError."""
    try:
        return cause_of(kind, name, labels)
    except taxonomy.UnknownNameError:
        known = "a cause" if kind == OWN else f"a class of {kind}'s"
        raise InputError(
            place,
            f"{name!r} is not {known}, and no label either",
            f'say what it stands for: under [labels] in a file, "{name}" = "policy", or whichever cause it is',
        ) from None


def _fits(text: str, pattern: str) -> bool:
    """Whether a code or status fits one that has ``x`` for a digit, or for a whole number between dots."""
    mine, asked = (text.split("."), pattern.split(".")) if "." in pattern else (list(text), list(pattern))
    return len(mine) == len(asked) and all(want in (have, "x") for have, want in zip(mine, asked, strict=True))
