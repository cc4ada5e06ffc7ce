"""Which logins a test's gateway accepts, and a record of them."""

from __future__ import annotations

from typing import NamedTuple

from fake_gateways.smtp.auth import BAD_CREDENTIALS, Credentials, Login
from fake_gateways.smtp.reply import Reply


class LoginAttempt(NamedTuple):
    """A login: by which mechanism, as which user, and whether it was accepted."""

    mechanism: str
    user: str
    accepted: bool


class LoginRules:
    """Accepts any login, unless there is a ``refusal`` or there are ``accounts`` (passwords or tokens by user)."""

    def __init__(self) -> None:
        self.required = False
        self.needs_tls = False
        self.refusal: Reply | None = None
        self.accounts: dict[str, str] | None = None
        self.attempts: list[LoginAttempt] = []
        self.login = Login(check=self._check, required=lambda: self.required, needs_tls=lambda: self.needs_tls)

    def _check(self, credentials: Credentials) -> Reply | None:
        refusal = self.refusal or self._unless_known(credentials)
        self.attempts.append(LoginAttempt(credentials.mechanism, credentials.user, refusal is None))
        return refusal

    def _unless_known(self, credentials: Credentials) -> Reply | None:
        if self.accounts is None:
            return None
        password = self.accounts.get(credentials.user)
        return None if password is not None and credentials.proves(password) else BAD_CREDENTIALS
