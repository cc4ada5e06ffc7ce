"""What a gateway may have become since it refused: our experiments, time and its administrator change it."""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import PASSING, Pattern
from probe.diagnose.reply_kind import Answer

WAITS_S: Final = {name: EXPERIMENTS[name].conditions.wait_s for name in ("after-minutes", "another-hour")}
"""The experiments that show whether a refusal passes, the shorter first, and how long they wait."""
AT_LEAST_S: Final = 60.0
"""An experiment begins about so long after the one before it."""
_PASSES_WITHIN_S: Final = 7200.0
"""Limits and outages of which nothing else is known pass within this time."""
_CHANGES_ITS_MIND: Final = 0.0003
"""How likely a gateway has changed within a minute, in each way that is not to be expected."""
_MOST: Final = 0.05
"""How likely it is after hours."""
_NAMED: Final = 0.5
"""How likely a refusal names what it is for, if that is one of ``_PROVOKED`` or a greylist."""
_MISNAMED: Final = 0.03
"""How likely it names one of these if it is for something else."""
_PROVOKED: Final = frozenset({Cause.VELOCITY, Cause.DIRECTORY_HARVEST})
_NEWCOMERS: Final = frozenset({Cause.GREYLISTED})


class Phase(StrEnum):
    """What a gateway has become. When a block ends, it is as it was at first."""

    AS_AT_FIRST = "as at first"
    BLOCKS_US = "blocks us"
    """The experiments have provoked a block of our address or its network."""
    HAS_PASSED = "has passed"
    """What it refused for has passed."""
    REFUSES_ALL = "refuses all"
    """It has begun to refuse everybody, or it is down."""
    GREYLISTS = "greylists"
    """It has begun to defer whoever is new."""


def changes(pattern: Pattern, phase: Phase, wait_s: float) -> dict[Phase, float]:
    """Return how likely a gateway has become something else in a time, without our doing."""
    if phase not in {Phase.AS_AT_FIRST, Phase.HAS_PASSED}:
        return {}
    passed_s = max(wait_s, AT_LEAST_S)
    mind = min(_MOST, _CHANGES_ITS_MIND * passed_s / AT_LEAST_S)
    found = {Phase.REFUSES_ALL: mind, Phase.GREYLISTS: mind}
    cause = pattern.hypothesis.cause
    if phase is Phase.AS_AT_FIRST and cause.fault not in {Fault.RECIPIENT, Fault.MAILBOX}:
        within_s = min(passes_after_s(pattern), _PASSES_WITHIN_S if cause in PASSING else inf)
        found[Phase.HAS_PASSED] = min(0.5, passed_s / within_s) + mind
    return found


def passes_after_s(pattern: Pattern) -> float:
    """Return after how many seconds a recipient was taken without any other change, infinity if it never was."""
    for name, waits_s in WAITS_S.items():
        if pattern.shows.get(name, "").startswith(Answer.TAKEN):
            return waits_s
    return inf


def likelihood_of_name(phase: Phase, cause: Cause, said: str) -> float:
    """Return how likely a later refusal names a cause, if the gateway refuses for ``cause`` or has become something.

    Only names of what we may have provoked, or of what concerns newcomers, tell something here.
    """
    told = {Phase.BLOCKS_US: _PROVOKED, Phase.GREYLISTS: _NEWCOMERS}.get(phase, {cause} & (_PROVOKED | _NEWCOMERS))
    if said in told:
        return _NAMED
    if said in _PROVOKED | _NEWCOMERS:
        return _MISNAMED
    return 1 - (_NAMED if told else _MISNAMED)
