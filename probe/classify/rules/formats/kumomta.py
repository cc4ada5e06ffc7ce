"""KumoMTA's bounce rules: TOML or JSON, a table ``rules`` of classes, each with a list of expressions.

Files are merged in the order in which they are loaded, and the first expression that matches gives the class.
Expressions use the syntax of Rust's regex crate. They are case-sensitive and match anywhere. A reply is presented on
one line: code, status and text, with each line feed written as backslash and n (docs.kumomta.com,
configure_bounce_classifier and faq/customize_bounce_classification; KumoCorp/kumomta crates/bounce-classify and
crates/rfc5321).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fake_gateways.untrusted.toml_text import parse_toml
from probe.classify.rules.formats.toml_places import lines_of
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, Labels, RulePlace, RuleSet, RuleText, class_of, make_rule
from probe.input_error import InputError

KIND: Final = "kumomta"


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read rule files in the order in which they are loaded; raises InputError."""
    rules: list[BounceRule] = []
    for file in files:
        for class_name, source, line in _rules(file):
            place = RulePlace(len(rules) + 1, file.name, line)
            rules.append(make_rule(place, class_of(KIND, class_name, labels), source, "rust"))
    return RuleSet(KIND, tuple(rules), ask, any_case=False, otherwise="Uncategorized", labels=labels)


def ask(reply: ReceivedReply) -> str:
    """Write a reply on one line, as KumoMTA does."""
    words = reply.text.replace("\r", r"\r").replace("\n", r"\n")
    if reply.code is None:
        return words
    status = reply.enhanced or ""
    return f"{reply.code} {status}{' ' if status and words else ''}{words}"


def _rules(file: RuleText) -> Iterator[tuple[str, str, int]]:
    table = _table(file)
    found = [(name, source) for name, sources in table.items() for source in _strings(file, name, sources)]
    lines = lines_of(file.text, [source for _, source in found])
    yield from ((name, source, line) for (name, source), line in zip(found, lines, strict=True))


def _table(file: RuleText) -> dict[str, Any]:
    try:
        raw = json.loads(file.text) if file.text.lstrip().startswith("{") else parse_toml(file.text)
    except (ValueError, RecursionError) as error:
        raise InputError(file.name, f"is neither TOML nor JSON ({error})", "correct it") from None
    table = raw.get("rules") if isinstance(raw, dict) else None
    if not isinstance(table, dict):
        raise InputError(file.name, "has no table [rules]", "write [rules] and under it Class = [expressions]")
    return table


def _strings(file: RuleText, name: str, value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise InputError(file.name, f"rules.{name} is not a list of expressions", f'write {name} = ["an expression"]')
