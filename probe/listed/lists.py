"""The data file of blocklists: which may be asked, what their answers mean, and which are dead.

The file that comes with the package is ``lists.toml``; a user may give one of the same form.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from fake_gateways.dns.zone import Domain
from fake_gateways.strict import InvalidValueError, Strict, doubled
from fake_gateways.untrusted.toml_text import parse_toml
from probe.input_error import InputError
from probe.validation_errors import input_error

SHIPPED: Final = "lists.toml"
LOOPBACK: Final = ipaddress.ip_network("127.0.0.0/8")
"""Every answer of a blocklist is in it (RFC 5782 section 2.1)."""
ERROR_CODES: Final = {
    "127.0.0.1": "query-refused",
    "127.0.0.255": "quota",
    "127.0.1.255": "wrong-kind",
    "127.255.255.252": "wrong-name",
    "127.255.255.254": "public-resolver",
    "127.255.255.255": "volume",
}
"""Answers that are no listing, whatever the list: URIBL's, DNSWL's, and those of Spamhaus (docs.spamhaus.com)."""
ERROR_NETWORK: Final = ipaddress.ip_network("127.255.255.0/24")


def _code(value: str) -> str:
    try:
        is_code = ipaddress.IPv4Address(value) in LOOPBACK
    except ValueError:
        is_code = False
    if not is_code:
        raise InvalidValueError(f"{value!r} is not an address in 127.0.0.0/8", "write for example 127.0.0.2")
    if value in ERROR_CODES or ipaddress.IPv4Address(value) in ERROR_NETWORK:
        raise InvalidValueError(f"{value} is an error, not a listing", "remove it")
    return value


def _bit(value: str) -> str:
    if value not in {"2", "4", "8", "16", "32", "64", "128"}:
        raise InvalidValueError(f"{value!r} is not a bit of an octet", "write 2, 4, 8, 16, 32, 64 or 128")
    return value


Words = Annotated[str, Field(min_length=1, max_length=400)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="a day, a month or a year: 2024-06-05")]
TestPoint = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,120}[A-Za-z0-9])?$")]


class BlockList(Strict):
    """A list that may be asked about addresses or domains."""

    zone: Domain
    name: Words
    of: Literal["addresses", "domains"]
    ipv6: Annotated[bool, Field(strict=True)] = False
    why: Words = Field(description="who lists, and why")
    leave: Words = Field(description="where to look an entry up, and to ask for its removal")
    source: Words
    codes: dict[Annotated[str, AfterValidator(_code)], Words] = Field(default={})
    bits: dict[Annotated[str, AfterValidator(_bit)], Words] = Field(default={})
    test_point: TestPoint | None = None

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        if self.codes and self.bits:
            raise InvalidValueError("has codes and bits", "keep what the list's documentation describes")
        if self.ipv6 and self.of == "domains":
            raise InvalidValueError("lists domains, so it has no ipv6", "remove ipv6")
        return self


class DeadList(Strict):
    """A list that is not asked any more, with all zones below it."""

    zone: Domain
    since: Day
    source: Words


class Lists(Strict):
    """The file."""

    list_: Annotated[tuple[BlockList, ...], Field(alias="list", min_length=1, max_length=200)]
    dead: Annotated[tuple[DeadList, ...], Field(max_length=1000)] = ()

    def death_of(self, zone: str) -> DeadList | None:
        """Return the dead list that a zone is or belongs to."""
        return next((each for each in self.dead if zone == each.zone or zone.endswith(f".{each.zone}")), None)

    @property
    def alive(self) -> list[BlockList]:
        """The lists that may be asked."""
        return [each for each in self.list_ if self.death_of(each.zone) is None]

    def with_dead(self, others: Iterable[DeadList]) -> Lists:
        """Return the lists with more that are known to be dead."""
        known = {each.zone for each in self.dead}
        return self.model_copy(update={"dead": (*self.dead, *(each for each in others if each.zone not in known))})


@cache
def shipped() -> Lists:
    """Return the lists that come with the package."""
    return checked(parse_toml(resources.files("probe.listed").joinpath(SHIPPED).read_text("utf-8")), SHIPPED)


def checked(raw: Mapping[str, Any], path: object) -> Lists:
    """Return the lists of a parsed file; raises InputError with every mistake."""
    try:
        lists = Lists.model_validate(raw)
    except ValidationError as error:
        raise input_error(error, path, Lists) from None
    for zone in doubled(each.zone for each in lists.list_):
        raise InputError(path, f"has the list {zone} twice", "remove one of them")
    return lists


def unknown_list(zone: str, of: Literal["addresses", "domains"]) -> BlockList:
    """Return a list of which only the zone is known, as the zones of a scenario."""
    known = {each.zone: each for each in shipped().list_}.get(zone)
    if known is not None and known.of == of:
        return known
    return BlockList(
        zone=zone, name=zone, of=of, ipv6=of == "addresses", why="see its owner", leave="ask its owner", source=zone
    )
