"""What the sender makes of a refusal while the campaign runs: whether to pause, and whom to try once more."""

from __future__ import annotations

from typing import Final

from fake_gateways.truth import Cause
from probe.classify.context.streaming import Streaming
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.records.attempt import Attempt, Outcome
from probe.scenario.sending import Sender
from probe.sender.messages import Mail
from probe.sender.recipients import Delivery

_IN_A_ROW: Final = 2
_SURELY_GONE: Final = 0.05
"""A probability of life below which nobody is tried again, whatever other exchangers may have heard meanwhile."""
_NO_USE: Final = {Cause.CONTENT, Cause.VIRUS, Cause.AUTHENTICATION, Cause.TOO_LARGE, Cause.TLS_REQUIRED}
"""Causes that are the same after a pause."""


class SecondThoughts:
    """Hears every attempt of a lane, and judges by what was heard there until then."""

    def __init__(self, sender: Sender, mail: Mail) -> None:
        self._sender = sender
        self._mail = mail
        self._campaigns: dict[str, Streaming] = {}
        self._tested_until = 0.0
        self._listens = sender.retest is not None or (sender.pause is not None and sender.pause.when is not None)

    def hear(self, attempt: Attempt) -> None:
        """Take note of an attempt."""
        if self._listens:
            self._of(attempt.campaign).hear(attempt)

    def would_stop(self, attempt: Attempt) -> bool:
        """Whether a refusal, and those right before it, are about the address it was sent from, by now."""
        if self._sender.pause is None or self._sender.pause.when is None or attempt.outcome != Outcome.REFUSED:
            return False
        campaign = self._of(attempt.campaign)
        if campaign.in_a_row(attempt) < _IN_A_ROW:
            return False
        reading = campaign.reading(attempt.recipient)
        return reading.alive is not None and reading.alive >= 0.5 and reading.cause not in _NO_USE

    def test_of(self, delivery: Delivery) -> Delivery | None:
        """Return a further attempt at a refused delivery, with a plainer message; None where the sender makes none."""
        retest = self._sender.retest
        if retest is None:
            return None
        last = len(self._mail.letters[delivery.campaign]) - 1
        return delivery if retest.message is None else delivery._replace(variant=last)

    def at_its_turn(self, test: Delivery) -> Delivery | None:
        """Return a further attempt from the address that fares best by now, None where nobody is unsure any more.

        Of two that fare alike it is the one that was not tried.
        """
        retest, campaign = self._sender.retest, self._of(test.campaign)
        if retest is None or (retest.who == "unsure" and not _is_unsure(campaign.reading(test.recipient))):
            return None
        fares = {ip.address: campaign.taken_lately(test.recipient, ip.address) for ip in self._sender.ips}
        return test._replace(source=max(fares, key=lambda address: (fares[address], address != test.source)))

    def next_turn(self, at: float) -> float:
        """Return when the next further attempt may be made, ``at`` or later."""
        turn = max(at, self._tested_until)
        if self._sender.retest is not None:
            self._tested_until = turn + self._sender.retest.rate.seconds / self._sender.retest.rate.most
        return turn

    def _of(self, campaign: str) -> Streaming:
        found = self._campaigns.get(campaign)
        if found is None:
            before: dict[str, tuple[Evidence, ...]] = {}
            for past in self._campaigns.values():
                for recipient in past.recipients:
                    before[recipient] = (*before.get(recipient, ()), past.evidence(recipient))
            found = self._campaigns[campaign] = Streaming(before, pooled=False)
        return found


def _is_unsure(reading: Reading) -> bool:
    """Whether a further attempt may tell more: it is not kept anyway, and not gone for certain.

    A lane hears one exchanger only, so whom it would suppress may be unsure to those who hear all.
    """
    return reading.advice is not Advice.KEEP and (reading.alive is None or reading.alive >= _SURELY_GONE)
