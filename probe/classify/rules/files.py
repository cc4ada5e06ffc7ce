"""Reads rule files and files of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fake_gateways.truth import Cause
from fake_gateways.untrusted.toml_text import parse_toml
from probe.classify.rules.formats import PARSERS, guess
from probe.classify.rules.formats.own import labels_in, parse_tests
from probe.classify.rules.rule_set import RuleExample, RuleSet, RuleText
from probe.input_error import InputError, one_of, valid_toml
from probe.user_files import read_text

MAX_OCTETS: Final = 4 * 1024 * 1024
MAX_RULES: Final = 5_000
"""The largest public rule file has about three hundred."""


def load(kind: str, paths: Sequence[Path], labels: Mapping[str, Cause | None] = {}) -> RuleSet:
    """Read rule files of a kind, in order of priority; raises InputError for a file that is not valid.

    ``labels`` are classes that the system itself does not have, with the cause of each.
    """
    if kind not in PARSERS:
        raise InputError(kind, "is not a kind of rule file", one_of(kind, PARSERS))
    rule_set = PARSERS[kind]([read(path) for path in paths], labels)
    if len(rule_set.rules) > MAX_RULES:
        place = ", ".join(map(str, paths))
        raise InputError(place, f"has {len(rule_set.rules):,} rules", f"use no more than {MAX_RULES:,}")
    return rule_set


def kind_of(paths: Sequence[Path]) -> str:
    """Guess the kind of rule files from the first one; raises InputError if it is not recognised."""
    kind = guess(read(paths[0]))
    if kind is None:
        raise InputError(paths[0], "is not recognised as a rule file", f"name it with --format: {', '.join(PARSERS)}")
    return kind


def load_labels(path: Path) -> dict[str, Cause | None]:
    """Read a file of ``[labels]``: class names of the user, each with its cause or ``none``."""
    file = read(path)
    raw = valid_toml(file.text, path)
    table = raw.get("labels")
    if (
        set(raw) != {"labels"}
        or not isinstance(table, dict)
        or not all(isinstance(each, str) for each in table.values())
    ):
        raise InputError(path, "is not a file of labels", 'write [labels] and under it "their name" = "user-unknown"')
    return dict(labels_in(str(path), table))


def without_labels(paths: Sequence[Path]) -> tuple[list[Path], dict[str, Cause | None]]:
    """Separate rule files from files of labels; return the rule files and the labels. Raises InputError."""
    rules: list[Path] = []
    labels: dict[str, Cause | None] = {}
    for path in paths:
        if _has_only_labels(read(path)):
            labels |= load_labels(path)
        else:
            rules.append(path)
    return rules, labels


def _has_only_labels(file: RuleText) -> bool:
    try:
        return set(parse_toml(file.text)) == {"labels"}
    except ValueError:
        return False


def load_tests(path: Path) -> tuple[RuleExample, ...]:
    """Read a file of ``[[test]]`` tables, for rules of any kind; raises InputError."""
    return parse_tests(read(path))


def read(path: Path) -> RuleText:
    """Read a file as text; raises InputError."""
    return RuleText(str(path), read_text(path, MAX_OCTETS, "split it, or remove what is not a rule"))
