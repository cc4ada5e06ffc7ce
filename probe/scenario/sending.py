"""The sender's side of a scenario file: who sends, from where, how fast, and the campaigns."""

from __future__ import annotations

import zoneinfo
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from fake_gateways.dns.zone import Domain
from fake_gateways.strict import HostAndPort, InvalidValueError, IpAddress, Name, Strict
from fake_gateways.units import Duration, PerTime, Rate, TimeOfDay

RECIPIENT: str = "recipient"
"""In place of a time zone: that of the company a recipient works for."""


class ListedIn(Strict):
    """A stay on a blocklist. ``from`` and ``until`` count from the scenario's start."""

    zone: Domain
    since: Duration = Field(default=0.0, alias="from")
    until: Duration | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise InvalidValueError(
                "until is not later than from, so the address would never be listed", "correct one of them"
            )
        return self


class SourceAddress(Strict):
    """One of the sender's addresses, and its share of the mail of its pool.

    ``warm_up`` is the most messages it sends on the first day of the scenario, the second and so on; afterwards there
    is no limit. What one address may not take any more goes to the others of the pool, or to the next day.
    """

    address: IpAddress
    share: Annotated[float, Field(gt=0)] = 1.0
    pool: Name | None = None
    listed: tuple[ListedIn, ...] = ()
    warm_up: tuple[Annotated[int, Field(ge=0)], ...] = ()


class Waits(Strict):
    """When to try again: after ``first``, then ``factor`` times as long each time, up to ``longest``."""

    first: Duration = 300.0
    factor: Annotated[float, Field(ge=1)] = 2.0
    longest: Duration = 7200.0
    give_up_after: Duration = 43200.0

    @model_validator(mode="after")
    def _waits_at_all(self) -> Self:
        if self.first < 1.0:
            raise InvalidValueError("first is less than a second, so retries would never end", 'write at least "1s"')
        return self


class Retry(Waits):
    """When to try again after a deferral; failures of the network and limits on speed may have waits of their own."""

    connection: Waits | None = Field(default=None, description="after nobody answered, or the line was cut")
    rate: Waits | None = Field(default=None, description="after a deferral that speaks of speed or volume")


class Limit(Strict):
    """A brake for one destination: a recipient domain, an exchanger's host name, or ``*`` for each exchanger."""

    to: Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)$")] = "*"
    rate: Rate | None = Field(default=None, description="transactions in a window of time")
    connections: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="from each of the sender's addresses"
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.rate is None and self.connections is None:
            raise InvalidValueError("limits nothing", "give a rate or connections")
        if self.connections is not None and self.to != "*" and "." not in self.to:
            raise InvalidValueError(f"{self.to!r} is no host name", "write for example mx.northwind.example")
        return self


class Pause(Strict):
    """Stop sending to an exchanger ``for`` a while, ``after`` so many messages in a row were refused or deferred.

    Or ``when`` the classifier ``context`` finds that a run of refusals there is not about the recipients: then the
    address that they were sent from pauses, and with ``switch`` what waits for it goes out from another one.
    """

    after: Annotated[int, Field(ge=1)] | None = None
    when: Literal["context"] | None = None
    lasts: Duration = Field(alias="for", gt=0)
    switch: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _after_or_when(self) -> Self:
        if (self.after is None) == (self.when is None):
            raise InvalidValueError("has both after and when, or neither", 'give after = 20, or when = "context"')
        if self.switch and self.when is None:
            raise InvalidValueError(
                "switch needs to know that it is about the address", 'give when = "context" in place of after'
            )
        return self


class Retest(Strict):
    """Try once more who was refused for good, ``after`` a while, from the address that fares best there by then.

    ``message`` is another, plainer file. ``who`` is tried: those of whom the classifier ``context`` is unsure, by what
    was heard at the exchanger until then, or everybody ``refused``. A refusal after that is final. They are tried at a
    ``rate`` that no limit minds, counted for each exchanger, lest the test meet what stood in the way the first time
    (limits of unknown recipients are from 10 an hour on: Cisco, GoDaddy).
    """

    after: Duration = Field(default=604_800.0, gt=0)
    message: str | None = None
    who: Literal["unsure", "refused"] = "unsure"
    rate: Rate = PerTime(8, 3600.0)


class Dkim(Strict):
    """Sign every message (RFC 6376). Without a ``key`` file (PEM, RSA) the key is Ed25519 (RFC 8463), made of the seed.

    The public key is put into the scenario's DNS, unless ``[[dns]]`` has the name already.
    """

    domain: Domain
    selector: Name = "s1"
    key: str | None = None


class Sender(Strict):
    """Who sends, from where and how fast. ``connections_per_gateway`` counts for each source address.

    With ``smart_host`` everything goes to one server of your own, in real time. With more than one of
    ``recipients_per_transaction``, recipients of one domain share a message, and its return-path.
    """

    helo: Domain
    return_path: Domain = Field(description="the domain below which every recipient gets its own return-path (VERP)")
    ips: tuple[SourceAddress, ...] = Field(min_length=1)
    connections_per_gateway: Annotated[int, Field(ge=1, le=1000)] = 4
    rate: Rate
    limit: tuple[Limit, ...] = ()
    pause: Pause | None = None
    retest: Retest | None = None
    round_trip: Duration = Field(default=0.04, description="virtual time that one exchange with a gateway takes")
    keep_open: Duration = Field(default=5.0, description="how long an idle connection is kept for the next message")
    patience: Duration = Field(default=300.0, gt=0, description="how long to wait for a reply (RFC 5321 4.5.3.2)")
    retry: Retry = Retry()
    tls: Literal["none", "may", "must"] = "none"
    pipelining: Annotated[bool, Field(strict=True)] = True
    recipients_per_transaction: Annotated[int, Field(ge=1, le=100)] = 1
    dkim: Dkim | None = None
    smart_host: HostAndPort | None = None
    return_mailbox: HostAndPort | None = Field(
        default=None, description="in real time, where delivery reports come home; the MX of the return-path's domain"
    )
    wait_for_reports: Duration = Field(
        default=10.0, description="in real time, how long to wait for delivery reports after the last attempt"
    )


class Recipients(Strict):
    """Whom a campaign goes to: so many drawn from all gateways' mailboxes, those of a CSV file, or both.

    Without either, every mailbox of every gateway is a recipient of the first campaign, and a later one goes to the
    list of the first. The CSV has a column ``email``; its other columns are merge fields. Who stands in the file works
    (or worked) at the company: the gateway's directory takes the address in, and the departed are drawn from all its
    mailboxes alike.
    """

    count: Annotated[int, Field(ge=1)] | None = None
    seed_list: str | None = None


def _zone(value: str) -> str:
    if value == RECIPIENT:
        return value
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValueError(
            f"{value!r} is no time zone", 'write for example Europe/Berlin, or "recipient"'
        ) from None
    return value


TimeZone = Annotated[str, AfterValidator(_zone)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Hours(Strict):
    """When mail goes out: ``from`` one time of day ``until`` another, on some days, by one zone or each recipient's."""

    since: TimeOfDay = Field(default=time(9), alias="from")
    until: TimeOfDay = time(17)
    days: tuple[Day, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    zone: TimeZone = RECIPIENT

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if self.until <= self.since:
            raise InvalidValueError("until is not later than from, so no mail would ever go out", "correct one of them")
        return self


class Variant(Strict):
    """One of the messages that take turns (A/B), and its share of the recipients."""

    file: str
    share: Annotated[float, Field(gt=0)] = 1.0


def _variants(value: Any) -> Any:
    return ({"file": value},) if isinstance(value, str) else value


_MESSAGE = {"anyOf": [{"type": "string"}, {"type": "array", "items": Variant.model_json_schema()}]}


class Campaign(Strict):
    """One message to a list, or several that take turns. ``at`` counts from the scenario's start."""

    name: Name
    message: Annotated[
        tuple[Variant, ...], BeforeValidator(_variants), Field(min_length=1), WithJsonSchema(_MESSAGE)
    ] = Field(
        description="a message file, or tables of file and share; {{email}}, {{given_name}}, CSV columns are filled in"
    )
    recipients: Recipients = Recipients()
    at: Duration = 0.0
    pool: Name | None = None
    hours: Hours | None = None
