"""The logins of a served gateway, as its scenario wants them."""

from __future__ import annotations

from collections.abc import Callable

from fake_gateways.policies.remembered import MOST_COUNTERS, Remembered
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.auth import BAD_CREDENTIALS, TRY_LATER, Credentials, Login
from fake_gateways.smtp.reply import Reply
from probe.scenario.login import LoginSpec


def login_of(spec: LoginSpec, now: Callable[[], float]) -> Login:
    """Return who may log in at a gateway. ``now`` is the gateway's clock, in seconds."""
    return Login(check=_Check(spec, now), required=lambda: spec.required, needs_tls=lambda: spec.tls)


class _Check:
    """Refuses credentials, or returns None to accept them."""

    def __init__(self, spec: LoginSpec, now: Callable[[], float]) -> None:
        self._spec = spec
        self._now = now
        self._failed = Remembered[str, SlidingWindow](MOST_COUNTERS)

    def __call__(self, credentials: Credentials) -> Reply | None:
        failed = self._failed.get(credentials.user)
        if self._spec.refuse == "temporarily" or (failed is not None and failed.count(self._now()) >= failed.rate.most):
            return TRY_LATER
        if self._spec.refuse == "no" and self._is_known(credentials):
            return None
        if self._spec.limit is not None:
            if failed is None:
                failed = self._failed[credentials.user] = SlidingWindow(self._spec.limit)
            failed.add(self._now())
        return BAD_CREDENTIALS

    def _is_known(self, credentials: Credentials) -> bool:
        accounts = self._spec.accounts
        return not accounts or (credentials.user in accounts and credentials.proves(accounts[credentials.user]))
