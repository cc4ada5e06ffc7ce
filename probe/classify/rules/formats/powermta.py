r"""PowerMTA's ``<bounce-category-patterns>``: ``/expression/ category`` a line, the first that matches decides.

The block is part of a configuration file; the rest of that file is skipped. A file that contains only such lines is
read as well. ``//`` matches everything. Expressions use the syntax of Perl. What they are applied to is not documented
in public. PowerMTA's own patterns, which are widely copied, include ``/^[45]\.1\.[1346];/`` and ``/user unknown/``: so
the text begins with the status, then a semicolon and the diagnostic, and case does not matter. A diagnostic of several
lines has them one after the other, each with its code, as in the accounting files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, Labels, RulePlace, RuleSet, RuleText, cause_at, make_rule
from probe.input_error import InputError

KIND: Final = "powermta"

BEGINS: Final = re.compile(r"^\s*<bounce-category-patterns>\s*$", re.MULTILINE)
_ENDS: Final = re.compile(r"^\s*</bounce-category-patterns>\s*(?:#.*)?$")
_PATTERN: Final = re.compile(r"^/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[])*)/\s*([A-Za-z][\w-]*)\s*(?:#.*)?$")
_LOOSE: Final = re.compile(r"^/(.*)/\s+([A-Za-z][\w-]*)\s*(?:#.*)?$")
"""Lines with an unescaped slash in the expression."""


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read configuration files in order; raises InputError."""
    rules: list[BounceRule] = []
    for file in files:
        before = len(rules)
        for line, text in _lines(file):
            rules.append(_rule(RulePlace(len(rules) + 1, file.name, line), text, labels))
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
    """Yield the lines of all blocks, or all lines of a file without blocks."""
    within = not BEGINS.search(file.text)
    begun = 0
    for line, text in enumerate(file.text.split("\n"), 1):
        written = text.strip()
        if BEGINS.match(text):
            within, begun = True, line
        elif _ENDS.match(text):
            within, begun = False, 0
        elif within and written and not written.startswith("#"):
            yield line, written
    if begun:
        raise InputError(
            f"{file.name}:{begun}", "<bounce-category-patterns> has no end", "write </bounce-category-patterns>"
        )


def _rule(place: RulePlace, written: str, labels: Labels) -> BounceRule:
    found = _PATTERN.match(written) or _LOOSE.match(written)
    if found is None:
        raise InputError(place, f"{written[:60]!r} is not a pattern", "write /expression/ category")
    source, class_name = found.groups()
    return make_rule(place, class_name, cause_at(place, KIND, class_name, labels), source, "pcre")
