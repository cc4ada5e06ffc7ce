"""Refuse recipients by an outdated copy of the directory, by cached answers, or in the words of a backend server."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from fake_gateways.policies.directory import fault
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.remembered import Remembered
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import FileName
from fake_gateways.truth import Cause
from fake_gateways.units import Duration
from fake_gateways.verdict import Refuse

_ABSENT: Final = {Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED}


class RecipientVerificationSettings(Settings):
    """How the gateway knows which mailboxes exist.

    Its copy of the directory lacks mailboxes created less than ``lag`` ago. An answer is cached for ``keep_absent`` or
    ``keep_present`` (Barracuda Email Gateway Defense: 1.5 h and 1 h). While the directory is ``failing``, all
    recipients are deferred, or refused as unknown. With ``backend``, the name of a persona, the gateway repeats the
    reply of the server behind it.
    """

    nature: ClassVar = Nature(
        causes=(Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED, Cause.MAILBOX_FULL, Cause.SYSTEM),
        stages=frozenset({Stage.RCPT}),
        usual=Stage.RCPT,
    )

    type: Literal["recipient-verification"]
    lag: Duration = 0.0
    keep_absent: Duration = 0.0
    keep_present: Duration = 0.0
    failing: Literal["defers", "unknown"] | None = None
    backend: FileName | None = Field(default=None, description="persona of the server behind the gateway")

    def begin(self) -> RecipientVerification:
        """Return the policy with an empty cache."""
        return RecipientVerification(self)


class RecipientVerification:
    """Caches answers by address."""

    def __init__(self, settings: RecipientVerificationSettings) -> None:
        self._settings = settings
        self._kept = Remembered[str, tuple[Cause | None, float]]()

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a recipient that the gateway believes to be absent.

        If the mailbox exists, the true cause is the gateway's mistake.
        """
        settings = self._settings
        if not view.directory.serves(view.recipient):
            return None
        true = fault(view, view.recipient)
        if settings.failing == "defers":
            return Refuse(Cause.SYSTEM, view.recipient)
        believed = Cause.USER_UNKNOWN if settings.failing else self._believed(view, true)
        if believed is None:
            return None
        if true in _ABSENT or believed is true:
            return Refuse(true or believed, view.recipient, claimed=believed, backend=settings.backend)
        return Refuse(Cause.SYSTEM, view.recipient, claimed=believed, backend=settings.backend)

    def _believed(self, view: SessionView, true: Cause | None) -> Cause | None:
        """Return the fault that the gateway believes in, from its cache or from its copy of the directory."""
        address = view.recipient.lower()
        kept, until = self._kept.get(address, (None, 0.0))
        if view.at < until:
            return kept
        made_at = view.directory.made_at.get(address)
        is_too_new = made_at is not None and view.at - made_at < self._settings.lag
        believed = Cause.USER_UNKNOWN if is_too_new else true
        keep_s = self._settings.keep_present if believed is None else self._settings.keep_absent
        if keep_s:
            self._kept[address] = (believed, view.at + keep_s)
        return believed
