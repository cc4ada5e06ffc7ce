"""What was found about placement, as a document of JSON. Its JSON Schema is made from these models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from statistics import median
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from probe.placement.alarm import LEARNS, LIMIT, Check, State, Watch
from probe.placement.placed import Placed, Where
from probe.placement.share import Interval, Seeds, interval, interval_of_one

SCHEMA: Final = 1
_DIGITS: Final = 4


class Closed(BaseModel):
    """An object without other keys."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Part(Closed):
    """Some of the messages to seeds: those of one campaign, provider, IP address or content, or all."""

    name: str
    seeds: int
    """How many could be looked at."""
    providers: int
    inbox: int
    junk: int
    other: int
    missing: int
    not_seen: int
    """Seeds whose mailbox could not be read."""
    share: float | None
    """The share of the seeds in the inbox; ``null`` if none could be looked at."""
    low: float = Field(ge=0, le=1)
    """The share at providers such as these is between ``low`` and ``high`` with 95 %."""
    high: float = Field(ge=0, le=1)
    seconds: float | None
    """How long messages took, as a median; ``null`` if that is not known."""
    true_share: float | None
    """In a lab, the share of all messages to the living that is in the inbox; ``null`` elsewhere."""


class CheckFound(Closed):
    """The alarm after the check of one campaign."""

    campaign: str
    at: float
    """When it was sent, in seconds since the epoch."""
    usual: float | None
    """The share that was usual before; ``null`` while that is being learnt."""
    evidence: float
    """How much speaks for a fall by 15 points: the sum of the logs of likelihood ratios."""
    is_raised: bool
    fallen: list[str]
    """The providers that speak for it, the strongest first."""


class Found(Closed):
    """Where mail to the seeds is, as ``fivefifty placement --json`` prints it. Shares are between 0 and 1."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    """It rises when a key is removed or changes its meaning."""
    all: Part
    campaigns: list[Part]
    """In the order of time."""
    providers: list[Part]
    sources: list[Part]
    """By the IP address that they came from."""
    variants: list[Part]
    """By content."""
    checks: list[CheckFound]
    is_raised: bool
    """Whether the alarm is raised after the last check."""
    limit: float = LIMIT
    """The evidence at which the alarm is raised."""
    learns: int = LEARNS
    """Checks without which nothing is usual yet."""
    not_seen: dict[str, str]
    """Why seeds could not be read for the last campaign, by seed."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what ``fivefifty placement --json`` prints."""
    made = Found.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "fivefifty placement"}


Known = Mapping[tuple[str, str], Seeds]
"""In a lab: messages to the living in the inbox, and all of them, by campaign and provider."""


def found(placed: Iterable[Placed], true: Known | None = None) -> Found:
    """Return what was found."""
    rows = sorted(placed, key=lambda each: (each.sent_at, each.campaign, each.seed))

    def share_of(campaign: str | None = None, provider: str | None = None) -> float | None:
        if true is None:
            return None
        some = [
            each
            for (of, at), each in true.items()
            if (campaign is None or campaign == of) and (provider is None or provider == at)
        ]
        number = sum(each.all for each in some)
        return round(sum(each.inbox for each in some) / number, _DIGITS) if number else None

    campaigns = list(dict.fromkeys(each.campaign for each in rows))
    checks = list(_checks(rows, campaigns))
    return Found(
        all=_part("all", rows, share_of()),
        campaigns=_parts(rows, lambda each: each.campaign, campaigns, lambda name: share_of(campaign=name)),
        providers=_parts(rows, lambda each: each.provider, None, lambda name: share_of(provider=name)),
        sources=_parts(rows, lambda each: each.source),
        variants=_parts(rows, lambda each: each.variant),
        checks=checks,
        is_raised=bool(checks) and checks[-1].is_raised,
        not_seen={each.seed: each.why for each in rows if each.where is None and each.campaign == campaigns[-1]},
    )


def _parts(
    rows: Sequence[Placed],
    name_of: Callable[[Placed], str],
    order: Sequence[str] | None = None,
    true: Callable[[str], float | None] = lambda _: None,
) -> list[Part]:
    by_name: dict[str, list[Placed]] = {}
    for each in rows:
        by_name.setdefault(name_of(each), []).append(each)
    return [_part(name, by_name[name], true(name)) for name in order or sorted(by_name) if name]


def _part(name: str, rows: Sequence[Placed], true: float | None) -> Part:
    seen = [each for each in rows if each.where is not None]
    places = [each.where for each in seen]
    by_provider = _seeds(rows)
    inbox = places.count(Where.INBOX)
    took = [each.took_s for each in seen if each.took_s is not None]
    low, high = _interval(by_provider)
    return Part(
        name=name,
        seeds=len({each.seed for each in seen}),
        providers=len(by_provider),
        inbox=inbox,
        junk=places.count(Where.JUNK),
        other=places.count(Where.OTHER),
        missing=places.count(Where.MISSING),
        not_seen=len(rows) - len(seen),
        share=round(inbox / len(seen), _DIGITS) if seen else None,
        low=round(low, _DIGITS),
        high=round(high, _DIGITS),
        seconds=round(median(took), 1) if took else None,
        true_share=true,
    )


def _interval(providers: Check) -> Interval:
    if len(providers) == 1:
        return interval_of_one(next(iter(providers.values())))
    return interval(providers.values())


def _seeds(rows: Iterable[Placed]) -> dict[str, Seeds]:
    """Return the messages to seeds that could be looked at, by provider."""
    counted: dict[str, Seeds] = {}
    for each in rows:
        if each.where is not None:
            before = counted.get(each.provider, Seeds(0, 0))
            counted[each.provider] = Seeds(before.inbox + (each.where is Where.INBOX), before.all + 1)
    return counted


def _checks(rows: Sequence[Placed], campaigns: Sequence[str]) -> Iterable[CheckFound]:
    watch = Watch()
    by_campaign = {name: list(some) for name, some in groupby(sorted(rows, key=_campaign), key=_campaign)}
    for name in campaigns:
        some = by_campaign[name]
        state: State = watch.take(_seeds(some))
        yield CheckFound(
            campaign=name,
            at=min(each.sent_at for each in some),
            usual=None if state.usual is None else round(state.usual, _DIGITS),
            evidence=round(state.sum, _DIGITS),
            is_raised=state.is_raised,
            fallen=list(state.fallen),
        )


def _campaign(placed: Placed) -> str:
    return placed.campaign
