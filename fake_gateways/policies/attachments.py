"""Refuse messages with attachments of dangerous types."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from fake_gateways.policies.message_parts import attached
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

USUALLY_REFUSED: Final = (
    ".bat .chm .cmd .com .cpl .exe .hta .iso .jar .js .jse .lnk .msi .pif .ps1 .reg .scr .vbe .vbs .wsf"
).split()
"""Suffixes that gateways refuse by default (support.google.com/mail 6590; Microsoft Learn, common attachments)."""


def _suffix(value: str) -> str:
    if not value.startswith(".") or len(value) < 2:
        raise InvalidValueError(f"{value!r} is not a suffix", 'write for example ".exe"')
    return value.lower()


class AttachmentsSettings(Settings):
    """The suffixes of file names that are refused. Names inside a ZIP archive count too."""

    nature: ClassVar = Nature(causes=(Cause.POLICY,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA)

    type: Literal["attachments"]
    types: tuple[Annotated[str, AfterValidator(_suffix)], ...] = Field(default=tuple(USUALLY_REFUSED), min_length=1)

    def begin(self) -> Attachments:
        """Return the policy."""
        return Attachments(self)


class Attachments:
    """Checks the names of attachments, not their content."""

    def __init__(self, settings: AttachmentsSettings) -> None:
        self._types = settings.types

    def judge(self, view: SessionView) -> Refuse | None:
        """Refuse a message that has an attachment with a refused suffix."""
        names = (name for each in attached(view.content) for name in (each.name, *each.members))
        return Refuse(Cause.POLICY) if any(name.lower().endswith(self._types) for name in names) else None
