"""The scenario file as typed values. Its JSON Schema and its reference page are made from these models."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from fake_gateways import persona as personas
from fake_gateways.dns.zone import Domain
from fake_gateways.people.directory import MailboxState
from fake_gateways.policies import AnySettings
from fake_gateways.reports.settings import Reports
from fake_gateways.smtp.envelope import is_address
from fake_gateways.strict import FileName, HostAndPort, InvalidValueError, IpAddress, Moment, Name, Strict, doubled
from fake_gateways.truth import Cause
from fake_gateways.units import Duration, Share, Size
from fake_gateways.wording import WrittenRefusal
from probe.records.rows import EXPERIMENTS
from probe.scenario.login import LoginSpec
from probe.scenario.prices import MistakePrices
from probe.scenario.sending import RECIPIENT, Campaign, Sender, TimeZone


class Mailboxes(Strict):
    """How many mailboxes a gateway has, and in which state. The shares are exact to the nearest mailbox."""

    count: Annotated[int, Field(ge=0, le=5_000_000)] = 0
    departed: Share = 0.0
    full: Share = 0.0
    disabled: Share = 0.0
    newcomers: Share = Field(default=0.0, description="share of the living whose mailbox is new")
    newcomers_since: Duration = Field(
        default=0.0, description="how long before the scenario's start the new ones were created"
    )
    catch_all: bool = False
    turnover: Share = Field(default=0.0, description="share of the living that leaves within a year of the scenario")
    varies: Share = Field(
        default=0.0,
        description="how much departed and turnover differ from company to company, and between the domains of one: "
        "from 0, not at all, to 1, where each has all or none (intra-class correlation)",
    )
    opens: Share = Field(default=0.0, description="share of messages in an inbox that are opened")
    clicks: Share = Field(default=0.0, description="share of opened messages in which a link is clicked")
    complains: Share = Field(default=0.0, description="share of messages in an inbox that are reported as spam (ARF)")
    away: Share = Field(default=0.0, description="share of the living that answer automatically (RFC 3834)")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.departed + self.full + self.disabled > 1.0:
            raise InvalidValueError("departed, full and disabled add up to more than 1", "lower one of them")
        return self


def _plain_address(value: str) -> str:
    if not is_address(value):
        raise InvalidValueError(f"{value!r} is not a valid address", "write for example anna.berg@northwind.example")
    return value.lower()


class Mailbox(Strict):
    """One mailbox by its address, for a scenario in which every answer is known in advance."""

    address: Annotated[str, AfterValidator(_plain_address)]
    state: MailboxState = MailboxState.PRESENT


_HOST = r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.?"
_RECORDS = {
    "A": ("", "127.0.0.2"),
    "AAAA": ("", "::1"),
    "MX": (rf"\d{{1,4}} (?:{_HOST}|\.)", "10 mx.northwind.example"),
    "TXT": (
        r'(?:"[ !#-\[\]-~]{0,255}" ?)+',
        "'\"v=spf1 -all\"', in double quotes inside single ones, 255 characters each",
    ),
    "PTR": (_HOST, "mta1.messenger.example"),
    "CNAME": (_HOST, "mx.northwind.example"),
}


def _is_ip(value: str, kind: str) -> bool:
    try:
        return ipaddress.ip_address(value.replace("%", " ")).version == (4 if kind == "A" else 6)
    except ValueError:
        return False


class Record(Strict):
    """A DNS record in the form of a zone file; ``from`` and ``until`` count from the scenario's start.

    A name that begins with ``*.`` is a wildcard (RFC 4592), for example for a blocklist that lists every address.
    """

    name: Annotated[str, Field(pattern=r"^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9])?\.?$")]
    type: Literal["A", "AAAA", "MX", "TXT", "PTR", "CNAME"]
    value: Annotated[str, Field(min_length=1, max_length=2000)]
    since: Duration = Field(default=0.0, alias="from")
    until: Duration | None = None

    @model_validator(mode="after")
    def _is_a_record(self) -> Self:
        pattern, example = _RECORDS[self.type]
        is_address = self.type in {"A", "AAAA"}
        if not (_is_ip(self.value, self.type) if is_address else re.fullmatch(pattern, self.value)):
            raise InvalidValueError(f"{self.value!r} is not a valid {self.type} record", f"write for example {example}")
        if self.until is not None and self.until <= self.since:
            raise InvalidValueError(
                "until is not later than from, so the record would never exist", "correct one of them"
            )
        return self


class Scanners(Strict):
    """Where real content filters listen, for content policies that ask them."""

    rspamd: HostAndPort = ("127.0.0.1", 11333)
    spamassassin: HostAndPort = ("127.0.0.1", 783)


ALL_DOMAINS: Final = "*"
"""In place of a domain: every domain of the gateway."""
Sizes = Literal["uneven", "equal"]


def _by_domain(value: Any) -> Any:
    if not isinstance(value, dict):
        return {ALL_DOMAINS: value}
    return {str(domain).lower().removesuffix("."): after for domain, after in value.items()}


_CLOSES = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
_CAUSES = [cause.value for cause in Cause]
_WORDS = {"type": "object", "propertyNames": {"enum": _CAUSES}, "additionalProperties": {"type": "string"}}
_CLAIMS = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "propertyNames": {"enum": _CAUSES}, "additionalProperties": {"enum": _CAUSES}},
    ]
}


class GatewaySpec(Strict):
    """A gateway, or with ``companies`` that many companies, each with such a gateway of its own.

    The persona's numbers are the defaults of policies; with ``usual`` the gateway has every policy that the persona has
    numbers for. ``claims`` is a table, or the name of one of the lies that the persona is known for.
    """

    name: Name
    persona: FileName = Field(
        default="postfix", description="a vendor's name (see: fivefifty personas), or a file of your own (TOML)"
    )
    usual: Annotated[bool, Field(strict=True)] = False
    domains: tuple[Domain, ...] = ()
    companies: Annotated[int, Field(ge=1, le=5000)] | None = None
    sizes: Sizes = Field(default="uneven", description="of the companies: by Zipf's law, or equal")
    mailboxes: Mailboxes = Mailboxes()
    closes: Annotated[dict[str, Duration], BeforeValidator(_by_domain), WithJsonSchema(_CLOSES)] = Field(
        default={}, description="when the company closes, and every mailbox is gone: one time, or one for each domain"
    )
    mailbox: tuple[Mailbox, ...] = ()
    mailbox_list: FileName | None = Field(
        default=None, description="a CSV file of mailboxes: columns address and state"
    )
    address: IpAddress | None = None
    size_limit: Size | None = None
    claims: Annotated[dict[Cause, Cause], WithJsonSchema(_CLAIMS)] = Field(default={})
    words: Annotated[dict[Cause, WrittenRefusal], WithJsonSchema(_WORDS)] = Field(
        default={}, description="true cause -> what the lies about it say in place of the persona's words"
    )
    lies: Share = 1.0
    policy: tuple[AnySettings, ...] = ()
    reports: Reports | None = None
    proxy_protocol: Annotated[bool, Field(strict=True)] = False
    xclient: Annotated[bool, Field(strict=True)] = False
    login: LoginSpec | None = Field(default=None, description="who may log in, where clients do, as in serve")
    lmtp: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="speak LMTP (RFC 2033), with a reply for each recipient after the message; in serve"
    )
    has_mx: Annotated[bool, Field(strict=True)] = Field(
        default=True, description="false: its domains have no MX and resolve to the gateway itself"
    )
    time_zone: TimeZone = Field(default="UTC", description="where the company works")
    foreign: HostAndPort | None = Field(
        default=None, description="a real server of yours in place of the gateway; only the mailboxes' truth is known"
    )

    @model_validator(mode="before")
    @classmethod
    def _as_the_vendor_has_it(cls, raw: Any, info: ValidationInfo) -> Any:
        """Fill in the persona's defaults. Wrong values are left for the checks that follow."""
        if not isinstance(raw, dict) or not isinstance(raw.setdefault("persona", "postfix"), str):
            return raw
        if info.context:
            try:
                raw = _resolved(raw, info.context["folder"], info.context.get("check_file", str))
            except InvalidValueError:
                return raw
        try:
            persona = personas.load(raw["persona"])
        except (KeyError, OSError, ValueError):
            return raw
        return {**raw, **_filled_in(raw, persona)}

    @field_validator("claims", mode="before")
    @classmethod
    def _lie_is_known(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise InvalidValueError(
                f"{value!r} is not one of the persona's lies", "see fivefifty personas show, or write a table"
            )
        return value

    @model_validator(mode="after")
    def _domains_or_companies(self) -> Self:
        if bool(self.domains) == bool(self.companies):
            found = "domains and companies" if self.domains else "neither domains nor companies"
            raise InvalidValueError(
                f"has {found}", "give domains, for one gateway, or companies, for many with invented domains"
            )
        if self.companies and (self.mailbox or self.mailbox_list or self.address or self.foreign):
            raise InvalidValueError(
                "has companies and also mailbox, address or foreign, which belong to one gateway", "remove one of them"
            )
        if self.time_zone == RECIPIENT:
            raise InvalidValueError('has the time zone "recipient"', "name one, such as Europe/Berlin")
        if self.foreign and (self.policy or self.claims or self.usual or self.address):
            raise InvalidValueError(
                "is foreign and also has policies, claims or an address, which only our own gateways have",
                "remove them",
            )
        if self.companies and self.mailboxes.count < self.companies:
            raise InvalidValueError(
                f"{self.mailboxes.count} mailboxes are too few for {self.companies} companies", "raise mailboxes.count"
            )
        if any(cause is claimed for cause, claimed in self.claims.items()):
            raise InvalidValueError("claims names a cause as its own claim, which is not a lie", "remove it")
        given = [
            f"{settings.type} {domain}".rstrip()
            for settings in self.policy
            if settings.type != "velocity"
            for domain in {*(settings.domains or self.domains or ("",))}
        ]
        for each in doubled(given):
            raise InvalidValueError(f"policy {each.partition(' ')[0]} is given twice", "put its settings into one")
        return self

    @model_validator(mode="after")
    def _what_is_named_exists(self) -> Self:
        own = {*self.domains, ALL_DOMAINS}
        for domain in (*self.closes, *(domain for settings in self.policy for domain in settings.domains)):
            if domain not in own:
                raise InvalidValueError(f"{domain} is none of the gateway's domains", "correct it, or add it to them")
        if any(settings.type == "relay" and settings.domains for settings in self.policy):
            raise InvalidValueError("policy relay has domains, and is about all others", "remove them")
        for cause in self.words:
            if cause not in self.claims:
                raise InvalidValueError(f"words has {cause}, and claims has not, so nothing would say them", "add it")
        if self.sizes == "equal" and not self.companies:
            raise InvalidValueError("has sizes, and only companies have", "remove it, or give companies")
        return self


_SOME_SENDER = Sender.model_validate(
    {
        "helo": "sender.example",
        "return_path": "bounce.sender.example",
        "ips": [{"address": "127.0.0.1"}],
        "rate": "10/1s",
    }
)
"""The sender of a scenario that is only served: its mail comes from elsewhere."""


class Scenario(Strict):
    """A scenario: the sender, its campaigns, the gateways, their policies, the truth, and the expected results."""

    schema_: Literal[1] = Field(alias="schema")
    name: Name
    title: str
    story: str = ""
    seed: Annotated[int, Field(strict=True)]
    clock: Literal["virtual", "wall"] = "virtual"
    starts: Moment
    sender: Sender = Field(default=_SOME_SENDER, description="not needed for serve")
    campaign: tuple[Campaign, ...] = Field(default=(), max_length=100, description="not needed for serve")
    gateway: tuple[GatewaySpec, ...] = Field(min_length=1)
    absent_domains: tuple[Domain, ...] = Field(default=(), description="domains on the list that no longer exist")
    dns: tuple[Record, ...] = ()
    scanners: Scanners = Scanners()
    prices: MistakePrices = MistakePrices()
    classifiers: tuple[Annotated[str, Field(max_length=2000)], ...] = Field(
        default=(), max_length=100, description="classifiers, written as for --classifier; the baselines if empty"
    )
    expect: dict[str, Any] = Field(default={}, description="gates; the tables mirror scorecard.json")

    @property
    def scanners_asked(self) -> dict[str, tuple[str, int]]:
        """Host and port of each real content filter that a gateway asks."""
        policies = [policy for gateway in self.gateway for policy in gateway.policy]
        asked = {policy.scanner for policy in policies if policy.type == "content" and policy.scanner is not None}
        return {name: getattr(self.scanners, name) for name in sorted(asked)}

    @property
    def is_foreign(self) -> bool:
        """Whether mail goes to real servers."""
        return self.sender.smart_host is not None or any(gateway.foreign for gateway in self.gateway)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for kind, names in (
            ("gateways", [gateway.name for gateway in self.gateway]),
            ("campaigns", [campaign.name for campaign in self.campaign]),
        ):
            for name in doubled(names):
                raise InvalidValueError(f"two {kind} are called {name}", "give one another name")
        return self

    @model_validator(mode="after")
    def _pools_have_addresses(self) -> Self:
        pools = {ip.pool for ip in self.sender.ips}
        for campaign in self.campaign:
            if campaign.pool is not None and campaign.pool not in pools:
                raise InvalidValueError(
                    f"campaign {campaign.name} goes out from pool {campaign.pool}, which no address is in", "correct it"
                )
        return self

    @model_validator(mode="after")
    def _strangers_live_in_real_time(self) -> Self:
        if self.is_foreign and self.clock != "wall":
            raise InvalidValueError("a foreign gateway and a smart host live in real time", 'write clock = "wall"')
        if self.sender.diagnose is not None and self.clock != "virtual":
            raise InvalidValueError(
                "makes experiments, which is for simulated time", 'remove sender.diagnose, or write clock = "virtual"'
            )
        return self

    @model_validator(mode="after")
    def _experiments_are_no_campaign(self) -> Self:
        if self.sender.diagnose is not None and any(each.name == EXPERIMENTS for each in self.campaign):
            raise InvalidValueError(f"a campaign is called {EXPERIMENTS}, as experiments are", "give it another name")
        return self


def _resolved(raw: dict[str, Any], folder: Path, check_file: Callable[[str], object]) -> dict[str, Any]:
    """Return a gateway's table with absolute paths of the files it names; raises InvalidValueError."""

    def with_paths(table: dict[str, Any]) -> dict[str, Any]:
        named = {key: table[key] for key in ("persona", "backend", "mailbox_list", "log") if _is_file_name(table, key)}
        for name in named.values():
            check_file(name)
        return {**table, **{key: str((folder / name).resolve()) for key, name in named.items()}}

    raw = with_paths(raw)
    policies = raw.get("policy")
    if isinstance(policies, list):
        raw["policy"] = [with_paths(each) if isinstance(each, dict) else each for each in policies]
    return raw


def _is_file_name(table: dict[str, Any], key: str) -> bool:
    name = table.get(key)
    return isinstance(name, str) and (key in {"mailbox_list", "log"} or name.endswith(".toml"))


def _filled_in(raw: dict[str, Any], persona: personas.Persona) -> dict[str, Any]:
    """Return a gateway's policies with the persona's numbers, and the claims of the lie it names."""
    found: dict[str, Any] = {}
    given = raw.get("policy", ())
    if isinstance(given, list | tuple) and all(isinstance(policy, dict) for policy in given):
        named = [policy.get("type") for policy in given]
        usual = [{"type": kind} for kind in persona.numbers if raw.get("usual") is True and kind not in named]
        numbers = [persona.numbers.get(str(policy.get("type")), {}) for policy in (*given, *usual)]
        found["policy"] = [{**known, **policy} for known, policy in zip(numbers, (*given, *usual), strict=True)]
    claims = raw.get("claims")
    if isinstance(claims, str):
        lie = next((lie for lie in persona.lie if lie.name == claims), None)
        found["claims"] = claims if lie is None else lie.claims
        if lie is not None:
            found["words"] = {**lie.words, **words} if isinstance(words := raw.get("words", {}), dict) else words
    return found
