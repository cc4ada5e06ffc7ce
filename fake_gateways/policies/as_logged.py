"""Give each recipient the replies that another mail system's log has for it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import EnhancedStatus
from fake_gateways.strict import FileName, InvalidValueError, doubled
from fake_gateways.truth import Cause, Fate
from fake_gateways.untrusted.bounded_read import open_table
from fake_gateways.verdict import Disconnect, Divert, Refuse
from fake_gateways.wording import Wording, parsed_status

ACCEPTED: Final = "-"
LINE_CUT: Final = "!"
"""Marks an attempt that got no reply."""


class LoggedReply(Wording):
    """A reply from the log, and how often it was ``seen`` there.

    ``stage`` is the stage it is given at; ``report`` means a delivery report after the message was accepted. A log does
    not tell the true ``cause``, so it is ``unknown`` until you enter it here. ``status`` is that of a report whose
    quoted reply has none, or has it within its text.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    stage: Literal[Stage.RCPT, Stage.END_OF_DATA, Stage.REPORT] = Stage.RCPT
    cause: Cause = Cause.UNKNOWN
    status: Annotated[EnhancedStatus | None, BeforeValidator(parsed_status)] = None
    seen: Annotated[int, Field(ge=0)] = 0


class AsLoggedSettings(Settings):
    """The ``reply`` tables and a ``log``, a CSV file beside the scenario.

    The columns of the log are ``recipient`` and ``replies``: the id of a reply for each attempt, in order, separated by
    blanks. ``-`` is an attempt that was accepted, ``!`` one that got no reply. The last id is repeated for all later
    attempts. A recipient that is not in the log is accepted.
    """

    nature: ClassVar = Nature(causes=tuple(Cause), stages=frozenset({Stage.RCPT, Stage.END_OF_DATA}), usual=Stage.RCPT)

    type: Literal["as-logged"]
    log: FileName
    reply: tuple[LoggedReply, ...] = ()

    @property
    def asked_at(self) -> frozenset[Stage]:
        """RCPT, where the recipient is known, and end of data, for replies of that stage."""
        return frozenset({Stage.RCPT, Stage.END_OF_DATA})

    @model_validator(mode="after")
    def _log_and_replies_agree(self) -> Self:
        ids = [reply.id for reply in self.reply]
        for each in doubled(ids):
            raise InvalidValueError(f"two replies have the id {each}", "give one another")
        known = {*ids, ACCEPTED, LINE_CUT}
        for recipient, replies in read_log(Path(self.log)).items():
            unknown = next((each for each in replies if each not in known), None)
            if unknown is not None:
                raise InvalidValueError(
                    f"{self.log} has a reply {unknown[:80]!r} for {recipient[:80]}, which is in no reply table",
                    "add it",
                )
        return self

    def begin(self) -> AsLogged:
        """Return the policy; no attempt has been made yet."""
        return AsLogged(self, read_log(Path(self.log)))


def read_log(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the ids of each recipient's replies, attempt by attempt; raises ValueError."""
    try:
        with open_table(path) as file:
            rows = csv.DictReader(file)
            if not {"recipient", "replies"} <= set(rows.fieldnames or ()):
                raise InvalidValueError(f"{path} lacks the columns recipient and replies", "name them so")
            return {str(row["recipient"]).lower(): tuple(str(row["replies"]).split()) or (ACCEPTED,) for row in rows}
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidValueError(f"{path} cannot be read ({reason})", "give a UTF-8 CSV file") from None


class AsLogged:
    """Counts the attempts for each recipient, and gives the reply of that attempt."""

    def __init__(self, settings: AsLoggedSettings, logged: Mapping[str, tuple[str, ...]]) -> None:
        self._replies = {reply.id: reply for reply in settings.reply}
        self._logged = logged
        self._tried: dict[str, int] = {}
        self._later: dict[str, LoggedReply] = {}

    def judge(self, view: SessionView) -> Refuse | Disconnect | Divert | None:
        """Give the logged reply, at RCPT or at end of data."""
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
        logged = self._logged.get(key)
        if logged is None:
            return None  # and nothing is counted of whomever a client may name
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
            refusal = Refuse(reply.cause, wording=reply)
            return Divert(Fate.BOUNCED_LATER, reply.cause, recipient, refusal, status=reply.status)
        self._later[key] = reply
        return None
