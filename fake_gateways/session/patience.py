"""How much of what a client should not do a session endures before it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from fake_gateways.persona import Counted, Limit
from fake_gateways.policies.session_view import SessionView

_EACH_MESSAGE: Final = frozenset({"EHLO", "HELO", "RSET", "STARTTLS"})
_ONCE: Final = _EACH_MESSAGE | {"AUTH"}
_NONMAIL: Final = _ONCE | {"ETRN", "HELP", "NOOP", "VRFY"}


class Patience:
    """Counts what the limits of a persona are about. A command beyond a limit is the last of its session."""

    def __init__(self, limits: Mapping[Counted, Limit], view: SessionView) -> None:
        self._limits = limits
        self._errors = limits.get("errors")
        self._counts_nonmail = "nonmail" in limits
        self._view = view
        self._counts: Counter[Counted] = Counter()
        self._uncounted = set(_ONCE)

    def over(self, verb: str) -> Limit | None:
        """Return the limit that a command is beyond, whether or not it is a mistake; None if there is none."""
        if self._errors is not None and self._view.errors >= self._errors.most:
            return self._errors
        if not self._counts_nonmail or verb not in _NONMAIL:
            return None
        if verb in self._uncounted:
            self._uncounted.remove(verb)
            return None
        return self._beyond("nonmail")

    def mistake(self, *, unrecognized: bool = False, without_recipients: bool = False) -> Limit | None:
        """Count a mistake, and return the limit that it is beyond, None if there is none.

        It may be a command that the server does not know, or DATA in a transaction without an accepted recipient.
        """
        if self._errors is not None and self._view.errors >= self._errors.most:
            return self._errors
        self._view.errors += 1
        beyond = self._beyond("unrecognized") if unrecognized else None
        if not without_recipients:
            beyond = beyond or self._beyond("syntax")
        return beyond or self._beyond("mistakes")

    def message_ended(self, *, accepted: bool) -> None:
        """Begin to count errors again if a message was accepted, and allow the commands before the next one."""
        if accepted:
            self._view.errors = 0
        self._uncounted |= _EACH_MESSAGE

    def encrypted(self) -> None:
        """Allow the EHLO and AUTH that follow STARTTLS."""
        self._uncounted |= {"EHLO", "AUTH"}

    def _beyond(self, kind: Counted) -> Limit | None:
        limit = self._limits.get(kind)
        if limit is None:
            return None
        self._counts[kind] += 1
        return limit if self._counts[kind] > limit.most else None
