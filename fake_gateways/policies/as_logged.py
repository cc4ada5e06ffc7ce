"""Refuse exactly those whom another mail system's log says were refused, in the words of that log."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Disconnect, Divert, Refuse
from fake_gateways.wording import Wording

ACCEPTED: Final = "-"
LINE_CUT: Final = "!"
"""In place of a reply: none came."""


class LoggedReply(Wording):
    """A reply as it stands in the log, ``seen`` so many times.

    ``stage`` is where it is told; ``report`` is after the message was taken. ``cause`` is what nobody knows from a log
    alone: ``unknown``, until somebody who does writes it here.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    stage: Literal[Stage.RCPT, Stage.END_OF_DATA, Stage.REPORT] = Stage.RCPT
    cause: Cause = Cause.UNKNOWN
    seen: Annotated[int, Field(ge=0)] = 0


class AsLoggedSettings(Settings):
    """The ``reply`` tables and a ``log``, a CSV file beside the scenario.

    Its columns are ``recipient`` and ``replies``: an id for each attempt, in order, with blanks between them; ``-`` is
    an attempt that was accepted and ``!`` one that got no reply. The last one stands for all attempts after it. Whom
    the log does not name is accepted.
    """

    nature: ClassVar = Nature(causes=tuple(Cause), stages=frozenset({Stage.RCPT, Stage.END_OF_DATA}), usual=Stage.RCPT)

    type: Literal["as-logged"]
    log: str
    reply: tuple[LoggedReply, ...] = ()

    @property
    def asked_at(self) -> frozenset[Stage]:
        """At RCPT, where it knows whom the message is for, and at the end of it."""
        return frozenset({Stage.RCPT, Stage.END_OF_DATA})

    @model_validator(mode="after")
    def _log_and_replies_agree(self) -> Self:
        ids = [reply.id for reply in self.reply]
        doubled = sorted({each for each in ids if ids.count(each) > 1})
        if doubled:
            raise InvalidValueError(f"two replies have the id {doubled[0]}", "give one another")
        known = {*ids, ACCEPTED, LINE_CUT}
        for recipient, replies in read_log(Path(self.log)).items():
            unknown = next((each for each in replies if each not in known), None)
            if unknown is not None:
                raise InvalidValueError(
                    f"{self.log} has the reply {unknown!r} for {recipient}, which is none of the reply tables", "add it"
                )
        return self

    def begin(self) -> AsLogged:
        """Return the policy; nobody has been tried yet."""
        return AsLogged(self, read_log(Path(self.log)))


def read_log(path: Path) -> dict[str, tuple[str, ...]]:
    """Return what each recipient was told, attempt by attempt; raises ValueError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"recipient", "replies"} <= set(rows.fieldnames or ()):
                raise InvalidValueError(f"{path} has no columns recipient and replies", "name them so")
            return {str(row["recipient"]).lower(): tuple(str(row["replies"]).split()) or (ACCEPTED,) for row in rows}
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidValueError(f"{path} cannot be read ({reason})", "give a UTF-8 CSV file") from None


class AsLogged:
    """Counts every recipient's attempts."""

    def __init__(self, settings: AsLoggedSettings, logged: Mapping[str, tuple[str, ...]]) -> None:
        self._replies = {reply.id: reply for reply in settings.reply}
        self._logged = logged
        self._tried: dict[str, int] = {}
        self._later: dict[str, LoggedReply] = {}

    def judge(self, view: SessionView) -> Refuse | Disconnect | Divert | None:
        """Answer a recipient as it was answered at that attempt, at RCPT or behind the message."""
        if view.recipient:
            return self._at_rcpt(view.recipient)
        for recipient in view.envelope.recipients:
            reply = self._later.pop(recipient.lower(), None)
            if reply is not None:
                return Refuse(reply.cause, recipient, wording=reply)
        return None

    def _at_rcpt(self, recipient: str) -> Refuse | Disconnect | Divert | None:
        key = recipient.lower()
        self._later.pop(key, None)
        logged = self._logged.get(key, (ACCEPTED,))
        attempt = self._tried.get(key, 0)
        self._tried[key] = attempt + 1
        said = logged[min(attempt, len(logged) - 1)]
        if said == ACCEPTED:
            return None
        if said == LINE_CUT:
            return Disconnect(Cause.NETWORK)
        reply = self._replies[said]
        if reply.stage is Stage.RCPT:
            return Refuse(reply.cause, wording=reply)
        if reply.stage is Stage.REPORT:
            return Divert(Fate.BOUNCED_LATER, reply.cause, recipient, wording=reply)
        self._later[key] = reply
        return None
