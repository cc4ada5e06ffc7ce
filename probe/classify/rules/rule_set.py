"""Rules in order, of any file format: what each one asks for, and the class it gives."""

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
"""Our own format, whose classes are our causes."""

Labels = Mapping[str, Cause | None]
"""Classes of the user, and the cause of each."""


LABEL_REMEDY: Final = 'add its cause under [labels] in a file, for example "{}" = "policy"'


class RuleText(NamedTuple):
    """The name of a rule file, for messages, and its content."""

    name: str
    text: str


class RulePlace(NamedTuple):
    """The place of a rule: its number over all files, from 1, its file, and its line there, 0 if not known."""

    number: int
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class RuleConditions:
    """What a rule asks for besides the text. An empty condition is always met.

    ``codes`` are like ``550`` or ``55x``, ``statuses`` like ``5.7.1`` or ``5.7.x``.
    """

    stages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    domain: str = ""

    def met_by(self, reply: ReceivedReply) -> bool:
        """Whether a reply meets the conditions."""
        return (
            (not self.stages or reply.stage in self.stages)
            and (not self.codes or any(_fits(str(reply.code), code) for code in self.codes))
            and (not self.statuses or any(_fits(reply.enhanced or "", status) for status in self.statuses))
            and (not self.domain or domain_of(reply.recipient) == self.domain)
        )

    def __str__(self) -> str:
        asked = {"stage": self.stages, "code": self.codes, "enhanced": self.statuses}
        parts = [f"{name} {' or '.join(values)}" for name, values in asked.items() if values]
        return ", ".join([*parts, *([f"domain {self.domain}"] if self.domain else ())])


ANY: Final = RuleConditions()


@dataclass(frozen=True, slots=True)
class BounceRule:
    """One rule.

    Attributes:
        place: Where the rule is written.
        class_name: The class it gives, a name of the system.
        cause: The cause of that class.
        source: The regular expression as the file has it.
        expression: The same in the syntax of RE2, None if RE2 does not support it. Such a rule never matches.
        refused: Why RE2 does not support the expression.
        conditions: What the rule asks for besides the text.
        name: The name of the rule, empty if it has none.
        oddity: What is wrong with the form of the rule, empty if nothing is.
        is_class_known: Whether the system or a label has the class. If not, the cause is None.
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
    is_class_known: bool = True

    @property
    def number(self) -> int:
        """The number of the rule in the order, from 1."""
        return self.place.number

    @property
    def asks(self) -> str:
        """What the rule asks for, for people."""
        return ", ".join(filter(None, [str(self.conditions), self.source])) or "nothing"


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A reply in a rule file, as a test.

    ``class_name`` is the expected class. If it is None, the rule with the number ``rule`` must decide or, without
    ``fires``, must not match.
    """

    place: RulePlace
    reply: ReceivedReply
    class_name: str | None = None
    rule: int = 0
    fires: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one format in order; the first that matches decides.

    Attributes:
        kind: The format.
        rules: The rules in order.
        ask: Writes a reply in the form in which the system presents it to its expressions.
        any_case: Whether expressions ignore the case of letters.
        otherwise: The class if no rule matches.
        labels: Classes of the user, with their causes.
        tests: Tests that the file contains.
        samples: Sample replies in comments of the file.
    """

    kind: str
    rules: tuple[BounceRule, ...]
    ask: Callable[[ReceivedReply], str]
    any_case: bool
    otherwise: str
    labels: Labels = field(default_factory=dict)
    tests: tuple[RuleExample, ...] = ()
    samples: tuple[RuleExample, ...] = ()

    @property
    def unknown_classes(self) -> dict[str, BounceRule]:
        """The classes that neither the system nor a label has, each with the first rule that gives it."""
        found: dict[str, BounceRule] = {}
        for rule in self.rules:
            if not rule.is_class_known:
                found.setdefault(rule.class_name, rule)
        return found


class RuleClass(NamedTuple):
    """The class of a rule, its cause, and whether the system or a label has it."""

    name: str
    cause: Cause | None
    is_known: bool = True


def make_rule(place: RulePlace, given: RuleClass, source: str, dialect: Dialect) -> BounceRule:
    """Return a rule, with its expression translated to RE2 if possible."""
    expression, refused = None, ""
    try:
        expression = for_re2(source, dialect)
    except UnsupportedExpressionError as error:
        refused = str(error)
    return BounceRule(place, given.name, given.cause, source, expression, refused, is_class_known=given.is_known)


def class_of(kind: str, name: str, labels: Labels) -> RuleClass:
    """Return a class in a file of another system; systems let their users add classes, so it need not be known."""
    try:
        return RuleClass(name, cause_of(kind, name, labels))
    except taxonomy.UnknownNameError:
        return RuleClass(name, None, is_known=False)


def cause_of(kind: str, name: str, labels: Labels) -> Cause | None:
    """Return the cause of a class; labels take precedence. Raises taxonomy.UnknownNameError."""
    if name in labels:
        return labels[name]
    return taxonomy.cause_named(name) if kind == OWN else taxonomy.cause_of(kind, name)


def cause_at(place: object, kind: str, name: str, labels: Labels) -> Cause | None:
    """Return the cause of a class in a file; raises InputError."""
    try:
        return cause_of(kind, name, labels)
    except taxonomy.UnknownNameError:
        known = "a cause" if kind == OWN else f"a class of {kind}"
        raise InputError(
            place,
            f"{name!r} is neither {known} nor a label",
            LABEL_REMEDY.format(name),
        ) from None


def _fits(text: str, pattern: str) -> bool:
    """Whether a code or status fits a pattern, in which ``x`` stands for a digit, or for a number between dots."""
    mine, asked = (text.split("."), pattern.split(".")) if "." in pattern else (list(text), list(pattern))
    return len(mine) == len(asked) and all(want in (have, "x") for have, want in zip(mine, asked, strict=True))
