"""Defer the first message of an unknown sender, and accept its retry. Most spam software does not retry."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.remembered import Remembered
from fake_gateways.policies.session_view import SessionView, network_of
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.units import Duration
from fake_gateways.verdict import Refuse


class GreylistingSettings(Settings):
    """A retry is accepted from ``wait`` after the first attempt until ``window`` after it, and remembered for ``keep``.

    ``mask`` is the prefix length under which addresses count as one client: products use the whole address, the /24
    (postgrey) or the /19 (rspamd). After ``trust_after`` accepted retries, a client is trusted for all recipients
    (postgrey: 5).
    """

    nature: ClassVar = Nature(
        causes=(Cause.GREYLISTED,), stages=frozenset({Stage.RCPT, Stage.END_OF_DATA}), usual=Stage.RCPT
    )

    type: Literal["greylisting"]
    wait: Duration = 300.0
    window: Duration = 43_200.0
    keep: Duration = 35 * 86_400.0
    mask: Literal[32, 24, 19] = 24
    trust_after: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        if self.window <= self.wait:
            raise InvalidValueError("window is not longer than wait, so no retry would be accepted", "make it longer")
        return self

    def begin(self) -> Greylisting:
        """Return the policy; no client is known yet."""
        return Greylisting(self)


class Greylisting:
    """Remembers triplets of network, return-path and recipient. With VERP each recipient makes a new triplet."""

    def __init__(self, settings: GreylistingSettings) -> None:
        self._settings = settings
        self._first_seen = Remembered[tuple[str, str, str], float]()
        self._allowed_until = Remembered[tuple[str, str, str], float]()
        self._passed = Remembered[str, int]()

    def judge(self, view: SessionView) -> Refuse | None:
        """Defer a triplet that is new, or whose retry is too early or too late."""
        settings = self._settings
        network = network_of(view.peer_address, settings.mask)
        if settings.trust_after is not None and self._passed.get(network, 0) >= settings.trust_after:
            return None
        # At end of data the whole message is greylisted under its first recipient (as rspamd does).
        recipient = view.recipient or next(iter(view.envelope.recipients), "")
        triplet = (network, view.envelope.return_path.lower(), recipient.lower())
        if view.at < self._allowed_until.get(triplet, view.at):
            self._allowed_until[triplet] = view.at + settings.keep
            return None
        waited_s = view.at - self._first_seen.get(triplet, view.at)
        if settings.wait <= waited_s <= settings.window:
            self._first_seen.pop(triplet, None)  # without a wait, nothing was noted
            self._allowed_until[triplet] = view.at + settings.keep
            self._passed[network] = self._passed.get(network, 0) + 1
            return None
        if waited_s == 0 or waited_s > settings.window:
            self._first_seen[triplet] = view.at
        return Refuse(Cause.GREYLISTED)
