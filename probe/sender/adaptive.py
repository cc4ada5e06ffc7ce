"""Decisions the sender bases on refusals during the campaign: when to pause, and which recipients to retest."""

from __future__ import annotations

import math
from typing import Final

from fake_gateways.truth import Cause
from probe.classify.context.reader import is_unsure
from probe.classify.context.streaming import Streaming
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome
from probe.records.returned import Returned
from probe.scenario.sending import Sender
from probe.sender.messages import MessageBuilder
from probe.sender.recipients import Delivery

_IN_A_ROW: Final = 2
_DAY_S: Final = 86_400.0
_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_LEAST_SHIFT: Final = 1 / 8
"""A retest comes at least three hours, of a day of 24, before or after the hour of the refusal."""
_SAME_AFTER_PAUSE: Final = {
    Cause.CONTENT,
    Cause.VIRUS,
    Cause.AUTHENTICATION,
    Cause.TOO_LARGE,
    Cause.TLS_REQUIRED,
}
"""Causes that a pause does not change."""


class AdaptiveSending:
    """Observes every attempt of a lane, and decides from those seen so far."""

    def __init__(self, sender: Sender, messages: MessageBuilder) -> None:
        self._sender = sender
        self._messages = messages
        self._campaigns: dict[str, Streaming] = {}
        self._tested_until = 0.0
        self._retests = 0
        self._observes = sender.retest is not None or (sender.pause is not None and sender.pause.when is not None)

    def observe(self, attempt: Attempt) -> None:
        """Remember an attempt for later decisions."""
        if self._observes:
            self._of(attempt.campaign).observe(attempt)

    def hear(self, returned: Returned) -> None:
        """Remember a delivery report for later decisions."""
        if self._observes:
            self._of(returned.campaign).hear(returned)

    def should_pause(self, attempt: Attempt) -> bool:
        """Whether a refusal, and those right before it, are probably about the source address."""
        if self._sender.pause is None or self._sender.pause.when is None or attempt.outcome != Outcome.REFUSED:
            return False
        campaign = self._of(attempt.campaign)
        if campaign.refusals_in_a_row(attempt) < _IN_A_ROW:
            return False
        reading = campaign.reading(attempt.recipient)
        return reading.alive is not None and reading.alive >= 0.5 and reading.cause not in _SAME_AFTER_PAUSE

    def retest_of(self, delivery: Delivery) -> Delivery | None:
        """Return the retest of a refused delivery, with the plainer message if there is one; None without retests."""
        retest = self._sender.retest
        if retest is None:
            return None
        last = len(self._messages.files[delivery.campaign]) - 1
        return delivery if retest.message is None else delivery._replace(variant=last)

    def retest_wait_s(self) -> float:
        """Return the seconds between a refusal and its retest: each time another hour of the day.

        A cause that depends on the hour, such as a limit or a rule for office hours, would else be met again. The
        retests of an exchanger are spread evenly, whatever their number is, over three quarters of a day, or of
        ``after`` if that is shorter (multiples of the golden ratio: Knuth, TAOCP 6.4, theorem S).
        """
        after = 0.0 if self._sender.retest is None else self._sender.retest.after
        self._retests += 1
        share = math.modf(self._retests * _GOLDEN)[0]
        return after + min(after, _DAY_S) * (_LEAST_SHIFT + (1.0 - 2 * _LEAST_SHIFT) * share)

    def retest_due(self, test: Delivery) -> Delivery | None:
        """Return a retest from the source address with the most deliveries lately; None if it is no longer needed.

        A lane observes one exchanger only. A recipient it would suppress may still be unsure to a classifier that sees
        all exchangers, so only near-certain deaths are left out. Of two equally good addresses it is the one that was
        not used before.
        """
        retest, campaign = self._sender.retest, self._of(test.campaign)
        if retest is None or (retest.who == "unsure" and not is_unsure(campaign.reading(test.recipient))):
            return None
        taken = {ip.address: campaign.recent_acceptance_share(test.recipient, ip.address) for ip in self._sender.ips}
        return test._replace(source=max(taken, key=lambda address: (taken[address], address != test.source)))

    def next_retest_at(self, at: float) -> float:
        """Return when the next retest may be made, ``at`` or later, and reserve that time for it."""
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
