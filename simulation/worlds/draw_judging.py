"""Draws what is judged and how: prices, classifiers, rule files of all formats, gates."""

from __future__ import annotations

from typing import Final

from probe.classify.registry import OURS
from simulation.worlds.drawing import Drawing, Table
from simulation.worlds.features import RULES

_OWN: Final = """[[rule]]
class = "user-unknown"
pattern = "unknown|no such"

[[rule]]
class = "ip-reputation"
pattern = "(?i)blocked|listed"
code = "5xx"
"""
_FILES: Final = {
    "rules": _OWN,
    "kumomta": '[rules]\nSpamBlock = ["denied", "blocked"]\nInvalidRecipient = ["(?i)unknown"]\n',
    "zone-mta": "^550\\b.*unknown,reject,recipient,Unknown user\n^4\\d\\d,defer,recipient,Busy\n",
    "powermta": "<bounce-category-patterns>\n/user unknown/ bad-mailbox\n// other\n</bounce-category-patterns>\n",
    "momentum": ",10,unknown\n,51,listed|block\n10,returned\n",
}
"""Small rule files by their format."""


def draw_judging(draw: Drawing) -> Table:
    """Return the tables at the top of a scenario that are about its judgement."""
    found: Table = {}
    if draw.has("judge:prices"):
        found["prices"] = {"living": 12.5, "dead": 0.5, "reputation": 100.0, "above": draw.share(0.01, 0.5)}
    classifiers = draw.some(list(OURS), 4) if draw.has("judge:classifiers") else []
    for feature in RULES:
        if draw.has(feature):
            kind = feature.partition(":")[2]
            draw.files[f"{kind}.rules"] = _FILES[kind]
            classifiers.append(f"drawn-{kind}={kind}:{kind}.rules")
    if classifiers:
        found["classifiers"] = classifiers
    if draw.has("judge:gates"):
        found["expect"] = {"returned": {"unreadable": {"equals": 0}}}
    return found
