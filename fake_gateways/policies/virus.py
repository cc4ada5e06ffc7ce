"""Refuse messages with a virus: the harmless test file that every scanner knows (eicar.org)."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from fake_gateways.policies.message_parts import attached
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

# In two pieces, so that no scanner takes this file for what it looks for.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class VirusSettings(Settings):
    """Nothing to set."""

    nature: ClassVar = Nature(causes=(Cause.VIRUS,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["virus"]

    def begin(self) -> Virus:
        """Return the policy."""
        return Virus()


class Virus:
    """Looks into the message, its decoded attachments, and ZIP archives among them."""

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a message in which the test file is found."""
        found = EICAR in view.content or any(
            EICAR in octets for each in attached(view.content) for octets in (each.octets, *each.unpacked())
        )
        return Refuse(Cause.VIRUS) if found else None
