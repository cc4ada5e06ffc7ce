"""What kind of server it is: one that accepts everybody, one that reports later, one that reverses its answers."""

from __future__ import annotations

from math import log

from probe.classify.context.case import RefusalCase
from probe.classify.context.odds import bounded, none_departed


def accepts_everybody_else(case: RefusalCase) -> float:
    """Weigh how many recipients the exchanger accepted outside the run, if it refused none there.

    A catch-all has no unknown users, so the refusal has another reason (Barracuda campus: unmanaged users).
    """
    run = case.run
    if run is None or case.overall.refused > run.length:
        return 0.0
    return none_departed(len(case.overall) - run.length)


def refused_by_report(case: RefusalCase) -> float:
    """Return -1 if the mail was accepted and a delivery report came back: the server behind the filter looked it up.

    Exchange, Domino and others accept first and look up later (RFC 3464; sisimai, lhost-exchange2007, lhost-domino).
    """
    return -1.0 if case.refusal.is_reported else 0.0


def same_text_later_accepted(case: RefusalCase) -> float:
    """Weigh how many recipients, refused here before with the same text, were later accepted, against refused again.

    If a server often reverses a text, the text says nothing about mailboxes (HubSpot Ideas: 34 % of suppressed contacts
    became active).
    """
    retried, accepted = case.observations.retests.later_answers.get((case.exchanger.name, case.topics.pattern), (0, 0))
    return bounded(log((accepted + 0.5) / (retried - accepted + 0.5))) if retried else 0.0
