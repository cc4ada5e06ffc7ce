"""Durations, rates, sizes and shares as people write them: "5m", "120/10m", "10 MB", 0.05."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Final, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from fake_gateways.strict import InvalidValueError

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_OCTETS: Final = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2}
LONGEST_S: Final = 3653 * 86400.0
_NUMBER: Final = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
_DURATION: Final = rf"({_NUMBER})\s*(ms|s|m|h|d)"
_RATE: Final = r"([0-9]{1,12})\s*/\s*" + _DURATION
_SIZE: Final = rf"({_NUMBER})\s*(B|kB|KB|MB|GB|KiB|MiB)"


class PerTime(NamedTuple):
    """A rate: at most ``most`` events per ``seconds``."""

    most: int
    seconds: float


def parse_duration(value: Any) -> float:
    """Read "90s", "5m", "2h" or "1d" as seconds; raises ValueError for a number without a unit."""
    found = re.fullmatch(_DURATION, value.strip()) if isinstance(value, str) else None
    if found is None:
        raise InvalidValueError(
            f"{value!r} is not a duration with a unit", 'write for example "90s", "5m", "2h" or "1d"'
        )
    seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds > LONGEST_S:
        raise InvalidValueError(f"{value!r} is longer than ten years", "write a shorter time")
    return seconds


def parse_rate(value: Any) -> PerTime:
    """Read "120/10m" as a count within seconds; raises ValueError for a number without a unit."""
    found = re.fullmatch(_RATE, value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) < 1 or float(found[2]) <= 0:
        raise InvalidValueError(
            f"{value!r} is not a rate with a unit of time", 'write for example "120/10m" for 120 in ten minutes'
        )
    return PerTime(int(found[1]), parse_duration(value.partition("/")[2]))


def parse_size(value: Any) -> int:
    """Read "10 MB" as octets; raises ValueError for a number without a unit."""
    found = re.fullmatch(_SIZE, value.strip()) if isinstance(value, str) else None
    if found is None:
        raise InvalidValueError(f"{value!r} is not a size with a unit", 'write for example "500 kB" or "10 MB"')
    return round(float(found[1]) * _OCTETS[found[2]])


def _schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


Duration = Annotated[float, BeforeValidator(parse_duration), _schema(_DURATION, "5m")]
Rate = Annotated[PerTime, BeforeValidator(parse_rate), _schema(_RATE, "120/10m")]
Size = Annotated[int, BeforeValidator(parse_size), _schema(_SIZE, "10 MB")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


def _without_zone(value: time) -> time:
    if value.tzinfo is not None:
        raise InvalidValueError(f"{value} has a time zone", "write for example 09:00")
    return value


TimeOfDay = Annotated[time, AfterValidator(_without_zone)]
"""A time of day without a time zone; where it is used says which clock it means."""
