r"""PowerMTA's ``<bounce-category-patterns>``: ``/expression/ category`` a line, the first that matches decides.

The block is part of a configuration file; the rest of that file is skipped. A file that contains only such lines is
read as well. ``//`` matches everything. Expressions use the syntax of Perl. What they are applied to is not documented
in public. PowerMTA's own patterns, which are widely copied, include ``/^[45]\.1\.[1346];/`` and ``/user unknown/``: so
the text begins with the status, then a semicolon and the diagnostic, and case does not matter. A diagnostic of several
lines has them one after the other, each with its code, as in the accounting files.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, Labels, RulePlace, RuleSet, RuleText, class_of, make_rule
from probe.input_error import InputError

KIND: Final = "powermta"

BEGINS: Final = re.compile(r"^[^\S\n]*<bounce-category-patterns>[^\S\n]*$", re.MULTILINE)
_ENDS: Final = re.compile(r"^\s*</bounce-category-patterns>\s*(?:#.*)?$")
_PATTERN: Final = re.compile(r"^/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[])*)/\s*([A-Za-z][\w-]*)\s*(?:#.*)?$")
MOST_LINES: Final = 20
"""The most lines that one pattern is wrapped over."""
_LOOSE: Final = re.compile(r"^/(.*)/\s+([A-Za-z][\w-]*)\s*(?:#.*)?$")
"""Lines with an unescaped slash in the expression."""


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read configuration files in order; raises InputError."""
    rules: list[BounceRule] = []
    for file in files:
        before = len(rules)
        for line, text, count in _joined(_lines(file), labels):
            rule = _rule(RulePlace(len(rules) + 1, file.name, line), text, labels)
            odd = f"the pattern goes on over {count} lines; they are read as one" if count > 1 else ""
            rules.append(replace(rule, oddity=odd))
        if len(rules) == before:
            raise InputError(
                file.name, "has no bounce category pattern", "write /expression/ category in <bounce-category-patterns>"
            )
    return RuleSet(KIND, tuple(rules), ask, any_case=True, otherwise="other", labels=labels)


def ask(reply: ReceivedReply) -> str:
    """Write the status, a semicolon and the diagnostic."""
    if reply.code is None:
        return f"{reply.enhanced or ''};smtp;{reply.text}"
    status = reply.enhanced or f"{reply.code // 100}.0.0"
    return f"{status};smtp;{reply.wire.replace(chr(10), ' ')}"


def _lines(file: RuleText) -> Iterator[tuple[int, str]]:
    """Yield the lines of all blocks, or all lines of a file without blocks; comments and empty lines too."""
    within = not BEGINS.search(file.text)
    begun = 0
    for line, text in enumerate(file.text.split("\n"), 1):
        if BEGINS.match(text):
            within, begun = True, line
        elif _ENDS.match(text):
            within, begun = False, 0
        elif within:
            yield line, text.rstrip("\r")
    if begun:
        raise InputError(
            f"{file.name}:{begun}", "<bounce-category-patterns> has no end", "write </bounce-category-patterns>"
        )


def _joined(lines: Iterable[tuple[int, str]], labels: Labels) -> Iterator[tuple[int, str, int]]:
    """Yield each pattern with its first line and the number of its lines: mail and editors wrap long ones.

    A line is continued by the lines below if only that makes it a pattern, or a pattern of a known class. Lines are
    joined by one space if there is white space at the break, otherwise by nothing.
    """

    def is_known(text: str) -> bool:
        found = _matched(text)
        return found is not None and class_of(KIND, found[2], labels).is_known

    waiting = deque((line, text) for line, text in lines if text.strip())
    while waiting:
        first, text = waiting.popleft()
        if text.lstrip().startswith("#"):
            continue
        whole, longer, count = text, text, 1
        for number, (_, more) in enumerate(islice(waiting, MOST_LINES - 1), 2):
            is_done = is_known(whole) or (_matched(whole) and more.lstrip().startswith("#"))
            if is_done or _matched(more):
                break
            is_spaced = longer != longer.rstrip() or more != more.lstrip()
            longer = f"{longer.rstrip()}{' ' if is_spaced else ''}{more.lstrip()}"
            if is_known(longer) or (_matched(longer) and not _matched(whole)):
                whole, count = longer, number
        for _ in range(count - 1):
            waiting.popleft()
        yield first, whole.strip(), count


def _matched(text: str) -> re.Match[str] | None:
    return _PATTERN.match(text.strip()) or _LOOSE.match(text.strip())


def _rule(place: RulePlace, written: str, labels: Labels) -> BounceRule:
    found = _matched(written)
    if found is None:
        raise InputError(place, f"{written[:60]!r} is not a pattern", "write /expression/ category")
    source, class_name = found.groups()
    return make_rule(place, class_of(KIND, class_name, labels), source, "pcre")
