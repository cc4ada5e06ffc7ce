"""The result of a diagnosis in sentences: what was found, whether the mailbox is alive, what to do."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from fake_gateways.truth import Fault
from probe.diagnose.advice import ADMINISTRATOR, ADVICE
from probe.diagnose.choice import Stopped
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.phase import Phase
from probe.report.summary import count

_WORTH_A_WORD: Final = 0.2
_REMOVE: Final = "Remove the address from your list."


class Verdict(NamedTuple):
    """The result in three sentences or so: what was found, whether the mailbox is alive, what to do."""

    found: str
    mailbox: str
    to_do: str


def verdict_of(diagnosis: Diagnosis) -> Verdict:
    """Return the verdict of a diagnosis."""
    return Verdict(_found(diagnosis), _mailbox(diagnosis), f"What to do: {_to_do(diagnosis)}")


def percent(share: float) -> str:
    """Return a probability in per cent. It is rounded down, because nothing is quite certain."""
    return f"{math.floor(share * 1000) / 10:.1f}%"


def duration(seconds: float) -> str:
    """Return a duration in minutes, hours or days."""
    for unit, size in (("day", 86_400), ("hour", 3600)):
        if seconds >= 2 * size:
            return count(round(seconds / size), unit)
    return count(round(seconds / 60), "minute")


def spent(diagnosis: Diagnosis) -> str:
    """Return what the experiments took."""
    return (
        f"Spent: {count(len(diagnosis.steps), 'connection')}, {count(diagnosis.recipients, 'recipient')} asked, "
        f"{count(diagnosis.messages, 'message')} delivered, {duration(diagnosis.seconds)}."
    )


def _found(diagnosis: Diagnosis) -> str:
    named = [f"{cause} ({weight:.0%})" for cause, weight in diagnosis.possible.items()]
    *others, last = named
    names = f"{', '.join(others)} or {last}" if others else last
    if diagnosis.is_explained:
        return f"{names}: {ADVICE[diagnosis.cause].finding}"
    is_spent = diagnosis.stopped is Stopped.BUDGET
    why = "the budget is spent" if is_spent else "no remaining experiment can tell them apart"
    return f"Not decided: {names}; {why}."


def _mailbox(diagnosis: Diagnosis) -> str:
    alive = diagnosis.belief.alive
    mailbox = {
        True: f"is alive ({percent(alive)})",
        False: f"is gone ({percent(1 - alive)})",
        None: f"may be alive ({percent(alive)}) or gone",
    }[diagnosis.is_alive]
    now = ". The gateway accepts the recipient now" if diagnosis.is_reachable else ""
    return f"The mailbox {mailbox}{now}."


def _to_do(diagnosis: Diagnosis) -> str:
    advice = ADVICE[diagnosis.cause]
    if diagnosis.is_alive is False and diagnosis.cause.fault is not Fault.RECIPIENT:
        told = _REMOVE
    elif diagnosis.is_explained and diagnosis.is_alive is None and diagnosis.cause.fault is Fault.RECIPIENT:
        told = f"Keep the address until that is certain. Ask {ADMINISTRATOR} whether the mailbox exists."
    elif diagnosis.is_explained or diagnosis.is_alive is False:
        told = f"{advice.remedy} {advice.help}"
    else:
        told = f"Keep the address. Ask {ADMINISTRATOR} which it is."
    if diagnosis.belief.blocked > _WORTH_A_WORD:
        told += f" We may have provoked a block ({diagnosis.belief.blocked:.0%}): wait some hours before the next try."
    changed = diagnosis.belief.become(Phase.REFUSES_ALL, Phase.GREYLISTS)
    if changed > _WORTH_A_WORD:
        told += f" The gateway may have changed since the refusal ({changed:.0%}): ask again another day."
    return told
