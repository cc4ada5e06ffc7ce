"""Which logins a test's gateway accepts, and a record of them."""

from __future__ import annotations

from typing import NamedTuple

from fake_gateways.smtp.auth import BAD_CREDENTIALS, Credentials, Login
from fake_gateways.smtp.reply import Reply
from probe.testing.rules import GatewayRule


class LoginAttempt(NamedTuple):
    """A login: by which mechanism, as which user, and whether it was accepted."""

    mechanism: str
    user: str
    accepted: bool


class LoginRefusal(GatewayRule):
    """Refuses logins with a reply: the first ``attempts``, or all for None."""

    def __init__(self, told: str, reply: Reply, attempts: int | None) -> None:
        super().__init__(told)
        self._reply = reply
        self._left = attempts

    def answer(self) -> Reply | None:
        """Return the reply to the next login, None to leave it to others."""
        if self.is_lifted or self._left == 0:
            return None
        if self._left is not None:
            self._left -= 1
        return self._reply


class LoginRules:
    """Accepts any login, unless a refusal applies or there are ``accounts`` (passwords or tokens by user).

    ``behind`` is what a scenario says, where a test has not said otherwise.
    """

    def __init__(self) -> None:
        self.required = False
        self.needs_tls = False
        self.refusals: list[LoginRefusal] = []
        self.accounts: dict[str, str] | None = None
        self.attempts: list[LoginAttempt] = []
        self.behind = Login()
        self.login = Login(
            check=self._check,
            required=lambda: self.required or self.behind.required(),
            needs_tls=lambda: self.needs_tls or self.behind.needs_tls(),
        )

    def _check(self, credentials: Credentials) -> Reply | None:
        answers = [refusal.answer() for refusal in self.refusals]  # each counts
        refusal = next((answer for answer in answers if answer is not None), None) or self._unless_known(credentials)
        self.attempts.append(LoginAttempt(credentials.mechanism, credentials.user, refusal is None))
        return refusal

    def _unless_known(self, credentials: Credentials) -> Reply | None:
        if self.accounts is None:
            return self.behind.check(credentials)
        password = self.accounts.get(credentials.user)
        return None if password is not None and credentials.proves(password) else BAD_CREDENTIALS
