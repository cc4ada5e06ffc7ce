"""Kinds of recipients: what happened to them, so that many of them can be described in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from probe.judge.story import Story

_NUMBER: Final = re.compile(r"-[0-9]+$")
_RULE: Final = re.compile(r"(rule [0-9]+\b[^:]*? \(.*?:[0-9]+\)): ")
"""How the reason of a rule file begins, with the rule and its file and line."""


def kind_of(story: Story) -> str:
    """Return what happened to a recipient, such as ``alive at strict, refused for content, answered as user-unknown``.

    The companies of one ``[[gateway]]`` table are one gateway here: ``strict-2`` is ``strict``.
    """
    state = "alive" if story.mailbox.alive else "gone"
    truth = story.truth
    at = f" at {_NUMBER.sub('', story.gateway)}" if story.gateway else ""
    if not story.evidence.bounced:
        return f"{state}{at}, delivered"
    cause = f", refused for {story.cause}" if story.cause is not None else ""
    claimed = "" if truth is None or truth.claimed in (None, truth.cause) else f", answered as {truth.claimed}"
    return f"{state}{at}{cause}{claimed}"


def rule_in(reason: str) -> str:
    """Return the rule that a reason names, such as ``rule 3 (rules.toml:24)``; "" if a rule file did not decide."""
    found = _RULE.match(reason)
    return found[1] if found else ""


def place_of(rule: str) -> str:
    """Return the file and line in the text of a rule, as ``FILE:LINE``."""
    return rule.rpartition(" (")[2].removesuffix(")")


def with_file(rule: str, convert: Callable[[str], str]) -> str:
    """Return the text of a rule with its file's name converted."""
    head, bracket, place = rule.rpartition(" (")
    file, colon, line = place.rpartition(":")
    return f"{head}{bracket}{convert(file)}{colon}{line}" if bracket and colon else rule


def ranked(kinds: Iterable[str]) -> list[tuple[str, int]]:
    """Return each kind with its count, the most frequent first."""
    return sorted(Counter(kinds).items(), key=lambda each: (-each[1], each[0]))
