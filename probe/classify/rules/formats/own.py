"""Our own rule files, in TOML: the first ``[[rule]]`` that matches decides.

A rule asks for any of ``stage``, ``code`` (``550``, ``"55x"``), ``enhanced`` (``"5.7.1"``, ``"5.7.x"``) and
``pattern``, an RE2 expression that is searched, ignoring case, in the text of the reply on one line, without code and
status. ``class`` is a cause, ``none``, or a name under ``[labels]`` of the file. ``matches`` are replies that the rule
must decide, ``not`` are replies that it must not match. A ``[[test]]`` gives the class that a reply must get.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError, Strict
from probe.classify import taxonomy
from probe.classify.rules.formats.toml_places import header, headers
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import (
    ANY,
    OWN,
    BounceRule,
    Labels,
    RuleClass,
    RuleConditions,
    RuleExample,
    RulePlace,
    RuleSet,
    RuleText,
    cause_at,
    make_rule,
)
from probe.input_error import InputError, raise_all, valid_toml
from probe.validation_errors import mistakes, problem_and_remedy


def _several(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> Any:
    return str(value) if type(value) is int else value


_Code = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[2-5x][0-9x]{2}$", description='550 or "55x"')]
_Status = Annotated[str, Field(pattern=r"^[245x]\.([0-9]{1,3}|x)\.([0-9]{1,3}|x)$", description='"5.7.1" or "5.7.x"')]


class _RuleTable(Strict):
    name: str = ""
    class_name: str = Field(alias="class")
    stage: Annotated[tuple[Stage, ...], BeforeValidator(_several)] = ()
    code: Annotated[tuple[_Code, ...], BeforeValidator(_several)] = ()
    enhanced: Annotated[tuple[_Status, ...], BeforeValidator(_several)] = ()
    pattern: str | None = None
    matches: tuple[str, ...] = ()
    never: tuple[str, ...] = Field((), alias="not")

    @model_validator(mode="after")
    def _asks_something(self) -> _RuleTable:
        if self.pattern is None and not (self.stage or self.code or self.enhanced):
            raise InvalidValueError(
                "the rule asks for nothing", 'give it a stage, code, enhanced or pattern (pattern = "" matches all)'
            )
        return self


class _TestTable(Strict):
    reply: str
    stage: Stage = Stage.RCPT
    class_name: str = Field(alias="class")


class _FileTable(Strict):
    labels: dict[str, str] = Field(default_factory=dict)
    rule: tuple[_RuleTable, ...] = ()
    test: tuple[_TestTable, ...] = ()


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read rule files in order; raises InputError."""
    rules: list[BounceRule] = []
    tests: list[RuleExample] = []
    known: dict[str, Any] = {}
    for file in files:
        table = _table(file)
        known |= labels_in(file.name, table.labels)
        meant = {**known, **labels}
        for written, line in zip(table.rule, headers(file.text, "rule", len(table.rule)), strict=True):
            place = RulePlace(len(rules) + 1, file.name, line)
            rules.append(_rule(place, written, meant))
            tests += _own_tests(place, written)
        for asked, line in zip(table.test, headers(file.text, "test", len(table.test)), strict=True):
            place = RulePlace(0, file.name, line)
            cause_at(place, OWN, asked.class_name, meant)
            tests.append(RuleExample(place, parse_reply(asked.reply, asked.stage), asked.class_name))
    if not rules:
        raise InputError(", ".join(file.name for file in files), "has no rule", "write a [[rule]]")
    return RuleSet(
        OWN, tuple(rules), ask, any_case=True, otherwise=taxonomy.NONE, labels={**known, **labels}, tests=tuple(tests)
    )


def parse_tests(file: RuleText) -> tuple[RuleExample, ...]:
    """Read a file that contains only tests, for rules of any format; raises InputError."""
    table = _table(file)
    lines = headers(file.text, "test", len(table.test))
    if table.rule or not table.test:
        has = f"has {len(table.test) or 'no'} [[test]] and {len(table.rule) or 'no'} [[rule]] tables"
        raise InputError(file.name, has, "write [[test]] tables and no [[rule]]")
    return tuple(
        RuleExample(RulePlace(0, file.name, line), parse_reply(asked.reply, asked.stage), asked.class_name)
        for asked, line in zip(table.test, lines, strict=True)
    )


def labels_in(file: str, table: dict[str, str]) -> Labels:
    """Return the classes of the user with their causes; raises InputError."""
    found = {}
    for name, cause in table.items():
        try:
            found[name] = taxonomy.cause_named(cause)
        except taxonomy.UnknownNameError as error:
            raise InputError(f"{file}: labels.{name}", error.problem, error.remedy) from None
    return found


def ask(reply: ReceivedReply) -> str:
    """Write the text of a reply on one line."""
    return reply.text.replace("\n", " ")


def _rule(place: RulePlace, written: _RuleTable, labels: Labels) -> BounceRule:
    cause = cause_at(place, OWN, written.class_name, labels)
    rule = make_rule(place, RuleClass(written.class_name, cause), written.pattern or "", "re2")
    if rule.refused:
        raise InputError(f"{place}: pattern {written.pattern!r}", rule.refused, "write it without this")
    conditions = RuleConditions(tuple(written.stage), written.code, written.enhanced)
    return replace(rule, conditions=ANY if conditions == ANY else conditions, name=written.name)


def _own_tests(place: RulePlace, written: _RuleTable) -> Iterator[RuleExample]:
    stage = next(iter(written.stage), Stage.RCPT)
    for replies, fires in ((written.matches, True), (written.never, False)):
        for reply in replies:
            yield RuleExample(RulePlace(0, *place[1:]), parse_reply(reply, stage), rule=place.number, fires=fires)


def _table(file: RuleText) -> _FileTable:
    table = valid_toml(file.text, file.name)
    try:
        return _FileTable.model_validate(table)
    except ValidationError as error:
        raise_all([_error(file, each) for each in mistakes(error)])
        raise


def _error(file: RuleText, mistake: ErrorDetails) -> InputError:
    where = mistake["loc"]
    kind, number, *keys = (*where, -1) if len(where) == 1 else where
    line = header(file.text, str(kind), number) if isinstance(number, int) and number >= 0 else 0
    place = str(RulePlace(0, file.name, line))
    key = ".".join(str(each) for each in (keys if line else where) if isinstance(each, str))
    place = f"{place}: {key}".removesuffix(": ")
    return InputError(place, *problem_and_remedy(mistake, _FileTable))
