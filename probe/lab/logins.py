"""The logins of a served gateway, as its scenario wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

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
        self._failed = (
            None if spec.limit is None else defaultdict[str, SlidingWindow](partial(SlidingWindow, spec.limit))
        )

    def __call__(self, credentials: Credentials) -> Reply | None:
        failed = None if self._failed is None else self._failed[credentials.user]
        if self._spec.refuse == "temporarily" or (failed is not None and failed.count(self._now()) >= failed.rate.most):
            return TRY_LATER
        if self._spec.refuse == "no" and self._is_known(credentials):
            return None
        if failed is not None:
            failed.add(self._now())
        return BAD_CREDENTIALS

    def _is_known(self, credentials: Credentials) -> bool:
        accounts = self._spec.accounts
        return not accounts or (credentials.user in accounts and credentials.proves(accounts[credentials.user]))
