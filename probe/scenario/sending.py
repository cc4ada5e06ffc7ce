"""The sender's side of a scenario file: source addresses, rates, retries, campaigns."""

from __future__ import annotations

import zoneinfo
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from fake_gateways.dns.resolver_fault import ResolverFault
from fake_gateways.dns.zone import Domain
from fake_gateways.strict import FileName, HostAndPort, InvalidValueError, IpAddress, Name, Strict
from fake_gateways.units import Duration, PerTime, Rate, TimeOfDay

RECIPIENT: str = "recipient"
"""In place of a time zone: the time zone of the recipient's company."""


class ListedIn(Strict):
    """A listing on a blocklist; ``from`` and ``until`` count from the scenario's start."""

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

    ``warm_up`` limits the messages it sends on the first day of the scenario, on the second day and so on; later days
    have no limit. Messages beyond the limit go out from other addresses of the pool, or on the next day.
    """

    address: IpAddress
    share: Annotated[float, Field(gt=0)] = 1.0
    pool: Name | None = None
    listed: tuple[ListedIn, ...] = ()
    warm_up: tuple[Annotated[int, Field(ge=0)], ...] = ()


class Waits(Strict):
    """When to retry: after ``first``, then each time ``factor`` times as long, up to ``longest``."""

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
    """When to retry after a deferral; network failures and rate limits may have waits of their own."""

    connection: Waits | None = Field(default=None, description="after a server did not answer or closed the connection")
    rate: Waits | None = Field(default=None, description="after a deferral whose text is about rate or volume")


class Limit(Strict):
    """A limit for one destination: a recipient domain, an exchanger's host name, or ``*`` for each exchanger."""

    to: Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)$")] = "*"
    rate: Rate | None = Field(default=None, description="transactions within a sliding window of time")
    connections: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="from each of the sender's addresses"
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.rate is None and self.connections is None:
            raise InvalidValueError("limits nothing", "give a rate or connections")
        if self.connections is not None and self.to != "*" and "." not in self.to:
            raise InvalidValueError(f"{self.to!r} is not a host name", "write for example mx.northwind.example")
        return self


class Pause(Strict):
    """Stop sending to an exchanger ``for`` a while, ``after`` that many messages in a row were refused or deferred.

    Or ``when`` the classifier ``context`` finds that a run of refusals is not about the recipients: then the source
    address pauses, and with ``switch`` the messages that wait for it go out from another address.
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
                "switch needs a pause of one source address", 'give when = "context" in place of after'
            )
        return self


class Retest(Strict):
    """Try a refused recipient once more, ``after`` a while, from the address with the most deliveries there lately.

    Retests are spread over the day that follows, so that they come at other hours than the refusals.

    ``message`` is another, plainer file. ``who`` is retested: recipients the classifier ``context`` is ``unsure`` about
    by then, or all ``refused`` ones. A second refusal is final. ``rate`` counts for each exchanger. Keep it below the
    gateways' limits, so that the retest does not exceed them again (limits on unknown recipients start at 10 an hour:
    Cisco, GoDaddy).
    """

    after: Duration = Field(default=604_800.0, gt=0)
    message: FileName | None = None
    who: Literal["unsure", "refused"] = "unsure"
    rate: Rate = PerTime(8, 3600.0)


class Diagnose(Strict):
    """Make experiments about refused recipients of whom ``context`` is unsure, as ``fivefifty diagnose RUN`` does.

    They begin ``after`` a while. ``rate`` and the number of ``experiments`` count for each gateway. Keep the rate below
    the gateways' limits on unknown recipients, which start at 10 an hour (Cisco, GoDaddy).
    """

    after: Duration = Field(default=3600.0, gt=0)
    rate: Rate = PerTime(8, 3600.0)
    experiments: Annotated[int, Field(ge=1)] = 200


class ResolverFaultAt(Strict):
    """A fault between the sender's resolver and a blocklist's ``zone``, as ``fivefifty listed`` meets it.

    Gateways have resolvers of their own. ``from`` and ``until`` count from the scenario's start.
    """

    fault: ResolverFault
    zone: Domain
    since: Duration = Field(default=0.0, alias="from")
    until: Duration | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise InvalidValueError("until is not later than from, so nothing would ever fail", "correct one of them")
        return self


class Watch(Strict):
    """Look at the blocklists of the scenario ``every`` so often during the run, as ``fivefifty listed`` does."""

    every: Duration = Field(default=3600.0, ge=60.0)


class Dkim(Strict):
    """Sign every message (RFC 6376) with a ``key`` file (PEM, RSA), or an Ed25519 key made from the seed (RFC 8463).

    The public key is added to the scenario's DNS, unless ``[[dns]]`` has the name already.
    """

    domain: Domain
    selector: Name = "s1"
    key: FileName | None = None


class Sender(Strict):
    """The sender: its addresses, rates and retries. ``connections_per_gateway`` counts for each source address.

    With ``smart_host`` all mail goes to one real server of yours, in real time. If ``recipients_per_transaction`` is
    more than one, recipients of one domain share a message and its return-path.
    """

    helo: Domain
    return_path: Domain = Field(description="the domain of return-paths; every recipient has its own (VERP)")
    ips: tuple[SourceAddress, ...] = Field(min_length=1)
    connections_per_gateway: Annotated[int, Field(ge=1, le=1000)] = 4
    rate: Rate
    limit: tuple[Limit, ...] = ()
    pause: Pause | None = None
    retest: Retest | None = None
    diagnose: Diagnose | None = None
    watch: Watch | None = None
    resolver_fault: tuple[ResolverFaultAt, ...] = ()
    round_trip: Duration = Field(default=0.04, description="simulated time of one exchange with a gateway")
    keep_open: Duration = Field(default=5.0, description="how long an idle connection is kept for the next message")
    patience: Duration = Field(default=300.0, gt=0, description="how long to wait for a reply (RFC 5321 4.5.3.2)")
    retry: Retry = Retry()
    tls: Literal["none", "may", "must"] = "none"
    pipelining: Annotated[bool, Field(strict=True)] = True
    recipients_per_transaction: Annotated[int, Field(ge=1, le=100)] = 1
    dkim: Dkim | None = None
    smart_host: HostAndPort | None = None
    return_mailbox: HostAndPort | None = Field(
        default=None,
        description="in real time, where to listen for delivery reports; the MX of the return-path's domain",
    )
    wait_for_reports: Duration = Field(
        default=10.0, description="in real time, how long to wait for delivery reports after the last attempt"
    )


class Recipients(Strict):
    """The recipients of a campaign: ``count`` mailboxes drawn from all gateways, those of a CSV file, or both.

    Without either, the first campaign goes to every mailbox of every gateway, and a later campaign to the list of the
    first. The CSV file has a column ``email``; its other columns are merge fields. The gateway's directory includes the
    addresses of the file, and the departed are drawn from all mailboxes alike.
    """

    count: Annotated[int, Field(ge=1)] | None = None
    seed_list: FileName | None = None


def _zone(value: str) -> str:
    if value == RECIPIENT:
        return value
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValueError(
            f"{value!r} is not a time zone", 'write for example Europe/Berlin, or "recipient"'
        ) from None
    return value


TimeZone = Annotated[str, AfterValidator(_zone)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Hours(Strict):
    """When mail may be sent: ``from`` one time of day ``until`` another, on these days, in this time zone."""

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
    """One of several messages (A/B), and its share of the recipients."""

    file: FileName
    share: Annotated[float, Field(gt=0)] = 1.0


def _variants(value: Any) -> Any:
    return ({"file": value},) if isinstance(value, str) else value


_MESSAGE = {"anyOf": [{"type": "string"}, {"type": "array", "items": Variant.model_json_schema()}]}


class Campaign(Strict):
    """One message, or several variants, to a list of recipients. ``at`` counts from the scenario's start."""

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
