"""Simulate a faulty server: it shuts down, hangs, cuts the connection, or sends malformed replies."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Disconnect, Garble, Refuse, Wait

How = Literal["421", "hang", "cut", "malformed", "multi-line"]

HANGS_S: Final = 3600.0
"""Longer than any client waits for a reply (RFC 5321 section 4.5.3.2: ten minutes at most)."""
_MALFORMED: Final = b"Temporary failure, please try again later\r\n"
# A multiline reply as careless servers write it: the enhanced status only on the first line, and an empty line.
_MULTI_LINE: Final = (
    b"451-4.3.0 Temporary system problem\r\n451-\r\n451-Try again later, or ask postmaster\r\n451 for help\r\n"
)


class FaultSettings(Settings):
    """The kind of fault. When and how often it happens is set as for every policy."""

    nature: ClassVar = Nature(
        causes=(Cause.SYSTEM,),
        stages=frozenset({Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA}),
        usual=Stage.RCPT,
    )

    type: Literal["fault"]
    how: How = "421"

    def begin(self) -> Fault:
        """Return the policy."""
        return Fault(self)


class Fault:
    """Fails for every client."""

    def __init__(self, settings: FaultSettings) -> None:
        self._how = settings.how

    def judge(self, view: SessionView) -> Refuse | Disconnect | Garble | Wait:
        """Return the fault."""
        match self._how:
            case "421":
                return Refuse(Cause.SYSTEM, closes=True)
            case "cut":
                return Disconnect(Cause.SYSTEM)
            case "malformed":
                return Garble(Cause.SYSTEM, _MALFORMED)
            case "multi-line":
                return Garble(Cause.SYSTEM, _MULTI_LINE)
            case "hang":
                hanging = Wait(HANGS_S)
                return hanging if view.answer(hanging) is None else Disconnect(Cause.SYSTEM)
