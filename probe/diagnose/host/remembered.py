"""What the answers of an earlier call say, and how long to wait for a greylist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from probe.diagnose.diagnosis import Observed
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.records.attempt import Outcome

AS_IS: Final = "as-is"
"""In place of an experiment: the recipient as is, with which every call begins."""
_AGAIN: Final = EXPERIMENTS["again"]
_GAPS_S: Final = (60.0, 300.0, 900.0)
"""Most greylists take the second attempt after one to fifteen minutes (RFC 6647 section 5)."""


class Remembered(NamedTuple):
    """The refusal, and the experiments after it. ``first`` is None if there was none, or if it has passed."""

    first: Observed | None
    earlier: tuple[tuple[Experiment, Observed], ...]


def remembered(answers: Iterable[tuple[str, Observed]]) -> Remembered:
    """Return what answers say, which are by the names of their experiments and in the order of time.

    A call that finds experiments of an earlier one has asked for the recipient again. Only the last time counts,
    because all of them would show the same.
    """
    first: Observed | None = None
    earlier: list[tuple[Experiment, Observed]] = []
    for name, observed in answers:
        if name != AS_IS:
            if name in EXPERIMENTS and first is not None:
                earlier.append((EXPERIMENTS[name], observed))
        elif observed.result.outcome is Outcome.DELIVERED:
            first, earlier = None, []
        elif first is None or not earlier:
            first = observed
        else:
            earlier = [each for each in earlier if each[0] is not _AGAIN]
            earlier.append((_AGAIN, observed))
    return Remembered(first, tuple(earlier))


def wait_for_greylist_s(tries: int, left_s: float) -> float | None:
    """Return how long to wait after so many deferrals; None if there is no time left."""
    if left_s <= 0:
        return None
    return min(_GAPS_S[min(tries, len(_GAPS_S)) - 1], left_s)
