"""Refuse messages with a virus. The virus is the harmless test file that every scanner knows (eicar.org)."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from fake_gateways.policies.message_parts import attached
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

# In two pieces, so that virus scanners do not find it in this source file.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class VirusSettings(Settings):
    """No settings of its own."""

    nature: ClassVar = Nature(causes=(Cause.VIRUS,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["virus"]

    def begin(self) -> Virus:
        """Return the policy."""
        return Virus()


class Virus:
    """Searches the message, its decoded attachments, and the members of ZIP archives."""

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a message that contains the test file."""
        found = EICAR in view.content or any(
            EICAR in octets for each in attached(view.content) for octets in (each.octets, *each.unpacked())
        )
        return Refuse(Cause.VIRUS) if found else None
