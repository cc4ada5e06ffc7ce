"""Rule files as their systems write them, one format a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from probe.classify.rules.formats import kumomta, momentum, own, powermta, zone_mta
from probe.classify.rules.rule_set import OWN, Labels, RuleSet, RuleText

PARSERS: Final[dict[str, Callable[[Sequence[RuleText], Labels], RuleSet]]] = {
    OWN: own.parse,
    kumomta.KIND: kumomta.parse,
    zone_mta.KIND: zone_mta.parse,
    powermta.KIND: powermta.parse,
    momentum.KIND: momentum.parse,
}
"""The parser of each kind. It reads files in order of priority, and raises InputError."""


def guess(file: RuleText) -> str | None:
    """Guess the kind of a rule file, None if it is not recognised."""
    name = file.name.lower()
    lines = [line.strip() for line in file.text.splitlines()]
    if powermta.BEGINS.search(file.text):
        return powermta.KIND
    if "[[rule]]" in lines or "[[test]]" in lines:
        return OWN
    if "[rules]" in lines or file.text.lstrip().startswith("{"):
        return kumomta.KIND
    if name.endswith((".ovr", ".csv")):
        return momentum.KIND
    written = [line for line in lines if line and not line.startswith("#")]
    if any(line.split(",")[1:2] == [action] for line in written for action in zone_mta.ACTIONS):
        return zone_mta.KIND
    if written and all(line.startswith("/") for line in written):
        return powermta.KIND
    return None
