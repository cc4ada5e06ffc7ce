"""The text of a reply, with placeholders that are filled in when it is sent."""

from __future__ import annotations

import re
from functools import cached_property
from string import Formatter
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from fake_gateways.smtp.reply import EnhancedStatus, Reply, from_wire
from fake_gateways.strict import InvalidValueError

FIELDS = frozenset({
    "recipient", "local_part", "domain", "sender", "sender_domain", "ip", "helo", "id", "host", "backend"
})  # fmt: skip
"""The placeholders that a wording may have."""
_WRITTEN: Final = re.compile(r"([45][0-9]{2}) (.+)", re.DOTALL)


def parsed_status(value: Any) -> Any:
    """Return the enhanced status that a text is; anything else as it is. Raises ValueError."""
    return EnhancedStatus.parse(value) if isinstance(value, str) else value


class Wording(BaseModel):
    """The code, enhanced status and text of a vendor's reply.

    ``text`` may contain {recipient}, its {local_part} and its {domain}, {sender} and its {sender_domain}, {ip}, {helo},
    {id} and {host}. A brace of the text itself is written twice.

    {backend} is replaced by the reply of the server behind the gateway, in a refusal that repeats it.
    A line feed in ``text`` begins a continuation line. If a vendor writes the enhanced status inside the text or after
    it, quote it like that and leave ``enhanced`` out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    code: int = Field(ge=200, le=599)
    enhanced: Annotated[EnhancedStatus | None, BeforeValidator(parsed_status)] = None
    text: str

    @model_validator(mode="after")
    def _survives_the_wire(self) -> Wording:
        lines = self.text.split("\n")
        if not all(line == line.strip() and line.isprintable() for line in lines) or not self.text:
            raise InvalidValueError(
                f"{self.text!r} has empty text, blanks at the ends of a line, or control characters", "correct it"
            )
        if self.enhanced is not None and self.enhanced.klass != self.code // 100:
            problem = (
                f"enhanced status {self.enhanced} belongs to another class than code {self.code} (RFC 2034 section 4)"
            )
            raise InvalidValueError(problem, "correct it")
        try:
            unknown = self.names - FIELDS
        except ValueError:
            unknown = frozenset("}")
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in sorted(FIELDS))
            raise InvalidValueError(f"{self.text!r} has an unknown placeholder", f"use one of: {known}")
        if self.enhanced is None and from_wire(self.code, lines).enhanced is not None:
            raise InvalidValueError(f"{self.text!r} begins with an enhanced status", "move it to enhanced")
        return self

    @cached_property
    def names(self) -> frozenset[str]:
        """The placeholders in the text. Width and conversion count to the name, so that they make it unknown."""
        found = (each for each in Formatter().parse(self.text) if each[1] is not None)
        return frozenset(f"{name}{conversion or ''}{width}" for _, name, width, conversion in found)

    @cached_property
    def plain(self) -> Reply | None:
        """The reply if the text has no placeholders, else None."""
        return None if "{" in self.text else Reply(self.code, tuple(self.text.split("\n")), self.enhanced)

    def __str__(self) -> str:
        """Return the reply as on the wire, with its placeholders."""
        status = f"{self.enhanced} " if self.enhanced else ""
        return f"{self.code} {status}{self.text}"

    def say(self, fields: dict[str, str]) -> Reply:
        """Return the reply with the placeholders filled in."""
        return Reply(self.code, tuple(self.text.format_map(fields).split("\n")), self.enhanced)


def _as_table(value: Any) -> Any:
    """Return the table of a wording that is written as a reply; raises ValueError."""
    if isinstance(value, Wording):
        return value
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidValueError(
            f"{value!r} is not a reply that refuses", 'write for example "550 5.1.1 <{recipient}>: no such user"'
        )
    reply = from_wire(int(found[1]), found[2].split("\n"))
    status = None if reply.enhanced is None else str(reply.enhanced)
    return {"code": reply.code, "enhanced": status, "text": reply.text}


WrittenRefusal = Annotated[Wording, BeforeValidator(_as_table), WithJsonSchema({"type": "string"})]
"""A wording that is written as a reply, such as "550 5.1.1 <{recipient}>: no such user"."""
