"""The allow list: which hosts beyond this machine may be asked, about whom, why, on whose behalf, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from fake_gateways.smtp.envelope import domain_of, is_address
from fake_gateways.strict import HostAndPort, InvalidValueError, IpAddress, Strict, doubled
from probe.diagnose.host.host_name import Host, ip_or_none, is_host_name
from probe.diagnose.host.manners import Spending
from probe.input_error import InputError
from probe.validation_errors import input_error

_LONGEST: Final = timedelta(days=366)
_POSTMASTER: Final = "postmaster"


def _host(value: str) -> str:
    name = value.lower().rstrip(".")
    if "*" in name or "/" in name:
        raise InvalidValueError(
            f"{value!r} is more than one host", "name one host, or one IP address, in each [[host]]"
        )
    if not is_host_name(name):
        problem = "is no address of one host" if ip_or_none(name) else "is neither a host name nor an IP address"
        raise InvalidValueError(f"{value!r} {problem}", "write for example mx.acme.example")
    return ip_or_none(name) or name


def _address(value: str) -> str:
    if "*" in value or value.startswith("@"):
        raise InvalidValueError(f"{value!r} is more than one address", "write every address in full")
    if not is_address(value):
        raise InvalidValueError(f"{value!r} is not a valid address", "write for example ann@acme.example")
    return value.lower()


Address = Annotated[str, AfterValidator(_address)]
Words = Annotated[
    str, Field(pattern=r"^[!-~](?:[ -~]{0,198}[!-~])?$", description="one line of at most 200 ASCII characters")
]


class AllowedHost(Strict):
    """A host that may be asked. ``random_control`` permits one recipient a day that cannot exist."""

    name: Annotated[str, AfterValidator(_host)]
    recipients: Annotated[tuple[Address, ...], Field(min_length=1, max_length=100)]
    purpose: Words
    expires: date
    random_control: bool = False
    connections_per_day: Annotated[int, Field(ge=1, le=100)] = 30
    recipients_per_day: Annotated[int, Field(ge=1, le=200)] = 60
    messages_per_day: Annotated[int, Field(ge=0, le=50)] = 15

    @property
    def per_day(self) -> Spending:
        """What may be spent within 24 hours."""
        return Spending(
            self.connections_per_day, self.recipients_per_day, self.messages_per_day, int(self.random_control)
        )


class AllowedResolver(Strict):
    """A resolver that may be asked about blocklists, for ``fivefifty listed``."""

    address: IpAddress
    purpose: Words
    expires: date
    queries_per_day: Annotated[int, Field(ge=1, le=100_000)] = 20_000


class AllowList(Strict):
    """The file. ``contact`` is whom those can write to who are asked."""

    contact: Address
    nameserver: HostAndPort | None = None
    host: Annotated[tuple[AllowedHost, ...], Field(max_length=100)] = ()
    resolver: Annotated[tuple[AllowedResolver, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _allows_something(self) -> Self:
        if not self.host and not self.resolver:
            raise InvalidValueError("names neither a host nor a resolver", "add a [[host]] or a [[resolver]]")
        return self


class Permission(Strict):
    """What the allow list says about one target."""

    contact: str
    nameserver: tuple[str, int] | None
    host: AllowedHost

    @property
    def header(self) -> bytes:
        """The header field of messages that says who asks, and why."""
        return f"X-Probe: {self.host.purpose}; {self.contact}\r\n".encode("ascii")


def checked(raw: Mapping[str, Any], path: object) -> AllowList:
    """Return the allow list of a parsed file; raises InputError with every mistake."""
    try:
        allow = AllowList.model_validate(raw)
    except ValidationError as error:
        raise input_error(error, path, AllowList) from None
    for name in doubled(each.name for each in allow.host):
        raise InputError(path, f"has several hosts with the name {name}", "put their recipients into one [[host]]")
    return allow


def permission(allow: AllowList, path: object, host: Host, today: date) -> Permission:
    """Return what the list says about a host; raises InputError if it may not be asked today."""
    found = next((each for each in allow.host if each.name == host.name), None)
    if found is None:
        raise InputError(path, f"does not name {host.name}", "add a [[host]] with this name")
    _require_current(f"{path}: the host {host.name}", found.expires, today)
    return Permission(contact=allow.contact, nameserver=allow.nameserver, host=found)


def resolver_permission(allow: AllowList, path: object, address: str, today: date) -> AllowedResolver:
    """Return what the list says about a resolver; raises InputError if it may not be asked today."""
    found = next((each for each in allow.resolver if each.address == address), None)
    if found is None:
        raise InputError(path, f"does not name the resolver {address}", "add a [[resolver]] with this address")
    _require_current(f"{path}: the resolver {address}", found.expires, today)
    return found


def _require_current(place: str, expires: date, today: date) -> None:
    if expires < today:
        raise InputError(place, f"has expired on {expires}", "ask its owner anew, then set another expires")
    if expires > today + _LONGEST:
        raise InputError(place, f"expires only on {expires}", "choose a day within the next year")


def require_permitted(permitted: Permission, path: object, recipient: str, control: str) -> None:
    """Raise InputError unless both may be asked; postmaster always may, whom every domain has (RFC 5321 4.5.1)."""
    postmaster = f"{_POSTMASTER}@{domain_of(recipient)}"
    for option, address in (("--recipient", recipient), ("--control", control)):
        if address.lower() not in permitted.host.recipients and (option, address.lower()) != ("--control", postmaster):
            problem = f"is not among the recipients of {permitted.host.name} in {path}"
            raise InputError(f"{option} {address}", problem, "add it there if its owner agrees")
