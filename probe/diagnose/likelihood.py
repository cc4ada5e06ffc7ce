"""How likely a gateway gives an answer, by what its pattern shows."""

from __future__ import annotations

from functools import cache
from typing import Final

from probe.diagnose.reply_kind import ALIKE, Answer, Place

OTHERWISE: Final = 0.03
"""How likely a gateway answers otherwise than its pattern says: no two are equal."""
_IN_OTHER_WORDS: Final = 0.07
"""How likely it refuses at the same place, but in other words than its pattern says."""
_DEFERS: Final = 0.5
"""How likely a block defers instead of refusing for good."""
BLOCKED: Final = "blocked"
"""In place of what a pattern shows: it is refused in any way."""
GONE: Final = "gone"
"""In place of what a pattern shows: it is refused for good, most likely as unknown."""
NEWCOMER: Final = "newcomer"
"""In place of what a pattern shows: whoever is new is deferred."""
_WORDLESS: Final = (Answer.CLOSED.value, Answer.SILENT.value)


def is_wordless(outcome: str) -> bool:
    """Whether an outcome is none of a reply: the connection was closed, or nothing came."""
    return outcome.startswith(_WORDLESS)


def likelihood_of_place(shown: str | None, outcome: str) -> float:
    """Return how likely the first refusal comes at the place where a pattern has it."""
    if shown is None:
        return 1 / len(Place)
    same = _sense(shown)[1] == _sense(outcome)[1]
    return 1 - OTHERWISE if same else OTHERWISE / (len(Place) - 1)


@cache
def likelihood(outcomes: tuple[str, ...], shown: str | None, outcome: str, first: str = "") -> float:
    """Return how likely a gateway that refuses by a pattern answers so. ``outcomes`` are all of the experiment.

    ``first`` is the first refusal, which others are like. Some gateways lie in nine of ten answers, so another refusal
    at the same place is likelier than anything else.
    """
    if shown == BLOCKED:
        return _of_block(outcomes, outcome)
    if shown == GONE:
        return _of_kinds(outcomes, outcome, first, (Answer.UNKNOWN_RECIPIENT, Answer.REFUSED))
    if shown == NEWCOMER:
        return _of_kinds(outcomes, outcome, first, (Answer.DEFERRED,))
    if shown is None or len(outcomes) < 2:
        return 1 / max(len(outcomes), 2)
    if shown == outcome:
        return 1 - _IN_OTHER_WORDS - OTHERWISE
    alike = [each for each in outcomes if each != shown and _differ_in_words(each, shown, first)]
    if _differ_in_words(outcome, shown, first):
        return _IN_OTHER_WORDS / max(len(alike), 1)
    return OTHERWISE / max(len(outcomes) - 1 - len(alike), 1)


def _of_kinds(outcomes: tuple[str, ...], outcome: str, first: str, expected: tuple[Answer, ...]) -> float:
    """Return how likely an outcome is if only some answers are to be expected, the first of them most."""
    shares = dict(zip(expected, (1 - _IN_OTHER_WORDS - OTHERWISE, _IN_OTHER_WORDS), strict=False))

    def kind(each: str) -> Answer | None:
        whole = first if each == ALIKE else each
        return next((answer for answer in expected if whole.startswith(answer)), None)

    alike = [each for each in outcomes if kind(each) == kind(outcome)]
    return shares.get(kind(outcome) or Answer.TAKEN, OTHERWISE) / max(len(alike), 1)


def _of_block(outcomes: tuple[str, ...], outcome: str) -> float:
    """Return how likely a block answers so: in any way but one, nothing is taken."""
    if outcome.startswith(Answer.TAKEN):
        return OTHERWISE
    refusals = [each for each in outcomes if not each.startswith(Answer.TAKEN)]
    alike = [each for each in refusals if each.startswith(Answer.DEFERRED) is outcome.startswith(Answer.DEFERRED)]
    # Half of the blocks defer, as greylists do that begin with newcomers.
    return (1.0 if len(alike) == len(refusals) else _DEFERS) / max(len(alike), 1)


@cache
def _sense(outcome: str) -> tuple[str, str]:
    """Return what an outcome comes to, whatever the words: where it came, and whether it was a permanent refusal."""
    answer, _, place = outcome.partition(" at ")
    refusals = {Answer.UNKNOWN_RECIPIENT.value, Answer.REFUSED.value}
    return (Answer.REFUSED.value if answer in refusals else answer), place


@cache
def _differ_in_words(one: str, other: str, first: str) -> bool:
    """Whether two outcomes differ in nothing but the words. ``first`` is the first refusal, which others are like."""
    if ALIKE in {one, other} and not first:
        refusals = (Answer.REFUSED.value, Answer.DEFERRED.value)
        return all(each == ALIKE or _sense(each)[0] in refusals for each in (one, other))
    return _sense(first if one == ALIKE else one) == _sense(first if other == ALIKE else other)
