"""Types for the tables of scenario files: strict tables, names, IP addresses, times."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)

NAME = r"^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$"
Name = Annotated[str, Field(pattern=NAME, description="lower-case letters, digits and hyphens")]


class InvalidValueError(ValueError):
    """A value that is not allowed: ``problem`` says what is wrong with it, ``remedy`` what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[InvalidValueError], tuple[str, str]]:
        """Let it be pickled, for worker processes."""
        return type(self), (self.problem, self.remedy)


def doubled(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def parse_ip(value: str) -> str:
    """Return an IP address in its usual form; raises ValueError, also for one with a zone (fe80::1%eth0)."""
    try:
        return str(ipaddress.ip_address(value.replace("%", " ")))
    except ValueError:
        raise InvalidValueError(f"{value!r} is not an IP address", "write for example 127.10.0.1") from None


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidValueError(f"{value!s} is not a time with a time zone", "write for example 2026-03-02T08:00:00Z")
    if not 1970 <= value.year <= 2100:
        raise InvalidValueError(f"{value!s} is too far away", "write a year from 1970 to 2100")
    return value.astimezone(UTC)


def _host_and_port(value: Any) -> Any:
    if isinstance(value, tuple | list) and len(value) == 2:
        value = f"[{value[0]}]:{value[1]}"  # already parsed
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
        raise InvalidValueError(f"{value!r} is not an IP address with a port", "write for example 127.0.0.1:11333")
    return parse_ip(host.strip("[]")), int(port)


IpAddress = Annotated[str, AfterValidator(parse_ip)]
Moment = Annotated[datetime, BeforeValidator(_moment), PlainSerializer(datetime.isoformat)]
HostAndPort = Annotated[tuple[str, int], BeforeValidator(_host_and_port), WithJsonSchema({"type": "string"})]


def _checked_file(value: str, info: ValidationInfo) -> str:
    check_file = (info.context or {}).get("check_file")
    if check_file is not None:
        check_file(value)
    return value


FileName = Annotated[str, AfterValidator(_checked_file)]
"""The name of a file. The context of a validation may have ``check_file``, which raises InvalidValueError for a file
that must not be named."""


class Strict(BaseModel):
    """A table in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
