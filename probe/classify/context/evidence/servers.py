"""What kind of server it is: one that takes everybody, one that tells later, one that takes its word back."""

from __future__ import annotations

from math import log

from probe.classify.context.case import Case
from probe.classify.context.odds import bounded, none_of


def takes_everybody_else(case: Case) -> float:
    """Weigh how many the exchanger took outside the run, if it refused nobody there.

    A catch-all has no unknown users, so a refusal is about something else (gateways.md 3.4, and 4, separate, 5).
    """
    run = case.run
    if run is None or case.overall.refused > run.length:
        return 0.0
    return none_of(len(case.overall.times) - run.length)


def tells_by_report(case: Case) -> float:
    """Say -1 where the mail was taken and a delivery report came home: the server behind the filter looked it up.

    gateways.md 3.7: Exchange, Domino and others accept and find out afterwards.
    """
    return -1.0 if case.is_reported else 0.0


def takes_its_word_back(case: Case) -> float:
    """Weigh how many were refused in the same words before, here, and taken later, against those refused again.

    Words that were taken back say nothing about mailboxes (gateways.md 4, separate, 2 and 4).
    """
    again, taken = case.place.changed.get(case.words.pattern, (0, 0))
    return bounded(log((taken + 0.5) / (again - taken + 0.5))) if again else 0.0
