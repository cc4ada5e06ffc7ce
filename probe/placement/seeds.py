"""The file that names seed mailboxes, and where they can be read. It never holds a password."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from fake_gateways.smtp.envelope import is_address
from fake_gateways.strict import InvalidValueError, Name, Strict, doubled
from probe.diagnose.host.host_name import ip_or_none, is_host_name
from probe.validation_errors import input_error

IMAPS_PORT: Final = 993
IMAP_PORT: Final = 143
FROM_ENVIRONMENT: Final = "env"
FROM_KEYRING: Final = "keyring"
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
"""The name of an environment variable (POSIX, section 8.1); a password that was written in its place rarely is one."""


def _address(value: str) -> str:
    if not is_address(value):
        raise InvalidValueError(f"{value!r} is not a valid address", "write for example ann@freemail.example")
    return value.lower()


def _host(value: str) -> str:
    if not is_host_name(value.lower()):
        named = "is" if "@" in value else f"{value!r} is"  # before an @, as in a URL, there may be a password
        raise InvalidValueError(f"{named} not a host", "write for example imap.freemail.example")
    return ip_or_none(value) or value.lower()


def _secret(value: Any) -> Any:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    is_name = _VARIABLE.fullmatch(name) if kind == FROM_ENVIRONMENT else colon and name and kind == FROM_KEYRING
    if not is_name:
        # What stands here may be a password, so it is not repeated.
        raise InvalidValueError(
            "does not say where the password is",
            'write "env:SEED_NAME" for an environment variable, or "keyring:SERVICE"',
        )
    return value


class Provider(Strict):
    """Where the mailboxes of a provider are read. ``tls = "none"`` is for loopback only."""

    host: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    auth: Literal["login", "xoauth2"] = "login"

    @property
    def at_port(self) -> int:
        """The port: the usual one if none is given (RFC 8314 section 7.1)."""
        return self.port or (IMAPS_PORT if self.tls == "implicit" else IMAP_PORT)


class SeedMailbox(Strict):
    """One seed. ``secret`` says where its password is, or its OAuth 2.0 access token."""

    address: Annotated[str, AfterValidator(_address)]
    provider: Name
    user: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,320}$")] | None = None
    secret: Annotated[str, BeforeValidator(_secret), WithJsonSchema({"type": "string"})]

    @property
    def login(self) -> str:
        """The user name: the address if none is given."""
        return self.user or self.address


class SeedsFile(Strict):
    """The file. ``header`` is the field of your messages whose value names the campaign."""

    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "X-Campaign"
    provider: Annotated[dict[Name, Provider], Field(min_length=1, max_length=1000)]
    seed: Annotated[tuple[SeedMailbox, ...], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _fits_together(self) -> SeedsFile:
        for each in self.seed:
            if each.provider not in self.provider:
                raise InvalidValueError(
                    f"the seed {each.address} is at {each.provider}, which is no [provider]", "correct its provider"
                )
        for address in doubled(each.address for each in self.seed):
            raise InvalidValueError(f"{address} is named twice", "name every seed once")
        return self


class SeedAt(NamedTuple):
    """A seed and its provider."""

    seed: SeedMailbox
    provider: Provider


def checked(raw: Mapping[str, Any], path: object) -> SeedsFile:
    """Return the seeds of a parsed file; raises InputError with every mistake."""
    try:
        return SeedsFile.model_validate(raw)
    except ValidationError as error:
        raise input_error(error, path, SeedsFile) from None
