"""The table ``login`` of a gateway: who may log in, and what a login is needed for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fake_gateways.strict import Strict
from fake_gateways.units import Rate


class LoginSpec(Strict):
    """AUTH at a gateway (RFC 4954): PLAIN, LOGIN, CRAM-MD5 and XOAUTH2. Without ``accounts`` any login is accepted.

    Only ``serve`` has clients that log in, so ``run`` does not take a scenario whose gateways require it.
    """

    required: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="refuse MAIL before a login (530), as submission servers do (RFC 6409)"
    )
    tls: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="take logins over encrypted connections only (538, and 530 for MAIL)"
    )
    accounts: dict[str, str] = Field(default={}, description="passwords, or tokens of XOAUTH2, by user name")
    refuse: Literal["no", "credentials", "temporarily"] = Field(
        default="no", description="refuse every login: its credentials (535), or for now (454)"
    )
    limit: Rate | None = Field(
        default=None, description="refuse a user for now (454) after so many failed logins; 3/1m are three a minute"
    )
