"""Scenarios that vary one thing at a time, and evidence with something missing."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from probe.classify.evidence import Evidence
from probe.input_error import InputError

_ZONE: Final = "bl.training.example"
_NONSENSE: Final = (
    "User unknown", "Recipient rejected", "Not here", "Go away", "Policy", "Mailbox unavailable", "Blocked", "No",
    "Access denied", "Unknown address", "Try elsewhere", "Spam", "5.1.1 unknown or illegal alias", "Sorry",
)  # fmt: skip
ORDERED: Final = frozenset({"share of lies", "turnover", "company size", "campaigns before"})
"""The sweeps whose values have an order, so that a line may run through them."""
Degrade = Callable[[Evidence, random.Random], Evidence]
"""Removes something from a recipient's evidence, or garbles it."""


class SensitivityPoint(NamedTuple):
    """One point of a sweep: what is varied, its value, the scenario, and how its evidence is degraded afterwards."""

    sweep: str
    value: str
    scenario: dict[str, Any]
    degrade: Degrade | None = None


def points(seed: int = 1) -> Iterator[SensitivityPoint]:
    """Yield every point of every sweep."""
    for lies in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        yield SensitivityPoint("share of lies", f"{lies:.0%}", _scenario(seed, lies=lies))
    for departed in (0.005, 0.02, 0.05, 0.1, 0.2, 0.3):
        yield SensitivityPoint("turnover", f"{departed:.1%}", _scenario(seed, departed=departed))
    for size in (1, 2, 5, 15, 50, 200):
        yield SensitivityPoint("company size", str(size), _scenario(seed, size=size))
    for cause in ("listed", "speed", "content", "harvest", "directory"):
        yield SensitivityPoint("one cause", cause, _scenario(seed, causes=(cause,)))
    several: tuple[tuple[str, ...], ...] = (
        ("listed", "speed"),
        ("listed", "content"),
        ("speed", "content"),
        ("listed", "speed", "content"),
    )
    for causes in several:
        yield SensitivityPoint("several at once", " and ".join(causes), _scenario(seed, causes=causes))
    yield SensitivityPoint("adversarial", "lies to half", _scenario(seed, lies=0.5))
    yield SensitivityPoint(
        "adversarial", "learns from the message, lies at RCPT", _scenario(seed, causes=("disgrace",))
    )
    yield SensitivityPoint("adversarial", "refuses half", _scenario(seed, causes=("half",)))
    yield SensitivityPoint("adversarial", "random text", _scenario(seed), _random_text)
    for times in (1, 2, 3):
        yield SensitivityPoint("campaigns before", str(times - 1), _scenario(seed, times=times))
    yield SensitivityPoint("missing", "history", _scenario(seed, times=3), _without_history)
    yield SensitivityPoint("missing", "times", _scenario(seed), _without_times)
    yield SensitivityPoint("missing", "source addresses", _scenario(seed), _without_sources)
    yield SensitivityPoint("missing", "exchangers", _scenario(seed), _without_exchangers)


def chosen_points(seed: int, only: Sequence[str]) -> list[SensitivityPoint]:
    """Return the points of the named sweeps, of all where none is named; raises InputError."""
    every = list(points(seed))
    sweeps = dict.fromkeys(point.sweep for point in every)
    unknown = next((name for name in only if name not in sweeps), None)
    if unknown is not None:
        raise InputError(f"--only {unknown}", "is not a factor that is varied", f"use one of {', '.join(sweeps)}")
    return [point for point in every if not only or point.sweep in only]


def _scenario(
    seed: int,
    *,
    lies: float = 0.9,
    departed: float = 0.04,
    size: int = 60,
    causes: tuple[str, ...] = ("listed", "speed"),
    times: int = 1,
) -> dict[str, Any]:
    """Return a scenario of 2,400 recipients in an hour, at companies of one size, a third of them without filters."""
    count = 2400
    lying = {
        "name": "lying",
        "persona": "postfix",
        "companies": max(1, count * 2 // 3 // size),
        "mailboxes": {"count": count * 2 // 3, "departed": departed, "turnover": 0.16},
        "claims": {_REASON[cause]: "user-unknown" for cause in causes if cause in _REASON},
        "lies": lies,
        "policy": [_POLICIES[cause](size) for cause in causes],
    }
    plain = {
        "name": "plain",
        "persona": "cisco-esa",
        "companies": max(1, count // 3 // size),
        "mailboxes": {"count": count // 3, "departed": departed, "turnover": 0.16},
    }
    return {
        "schema": 1,
        "name": f"sweep-{seed}",
        "title": "one point of a sweep",
        "seed": seed,
        "starts": "2026-03-02T08:00:00Z",
        "sender": {
            "helo": "mta1.messenger.example",
            "return_path": "bounce.messenger.example",
            "ips": [
                {"address": "127.10.0.1", "share": 0.6},
                {"address": "127.10.0.2", "share": 0.4, "listed": [{"zone": _ZONE, "from": f"{91 * (times - 1)}.01d"}]},
            ],
            "rate": f"{count}/1h",
        },
        "campaign": [
            {"name": f"letter-{number}", "message": "tracked.eml", "at": f"{91 * number}d"} for number in range(times)
        ],
        "gateway": [lying, plain],
    }


_REASON: Final = {
    "listed": "ip-reputation",
    "speed": "velocity",
    "content": "content",
    "harvest": "directory-harvest",
    "disgrace": "ip-reputation",
    "half": "ip-reputation",
}
_POLICIES: Final[dict[str, Callable[[int], dict[str, Any]]]] = {
    "listed": lambda _: {"type": "ip-reputation", "zones": [_ZONE], "at": "rcpt"},
    "speed": lambda size: {"type": "velocity", "limit": f"{max(1, size // 8)}/10m", "block_for": "5m"},
    "content": lambda _: {"type": "content", "refuse_at": 2.0, "junk_at": 1.5},
    "harvest": lambda _: {"type": "directory-harvest", "limit": "2/30m", "block_for": "30m"},
    "directory": lambda _: {"type": "recipient-verification", "failing": "unknown", "from": "20m", "until": "40m"},
    "disgrace": lambda _: {
        "type": "earned-reputation",
        "accepted": 0.0,
        "complaint": -1.0,
        "complaints": 1.0,
        "refuse_below": -5.0,
        "half_life": "2h",
    },
    "half": lambda _: {"type": "ip-reputation", "deny": ["127.10.0.0/16"], "at": "rcpt", "share": 0.5},
}


def _random_text(evidence: Evidence, rng: random.Random) -> Evidence:
    attempts = tuple(
        row._replace(text=rng.choice(_NONSENSE), enhanced=None) if row.outcome == "refused" else row
        for row in evidence.attempts
    )
    return dataclasses.replace(evidence, attempts=attempts)


def _without_history(evidence: Evidence, rng: random.Random) -> Evidence:
    del rng
    return dataclasses.replace(evidence, before=(), opened=())


def _without_times(evidence: Evidence, rng: random.Random) -> Evidence:
    # Attempts without times have no order either.
    attempts = tuple(row._replace(at=0.0, lane="", seq=rng.randrange(10**9)) for row in evidence.attempts)
    return dataclasses.replace(evidence, attempts=attempts)


def _without_sources(evidence: Evidence, rng: random.Random) -> Evidence:
    del rng
    return dataclasses.replace(evidence, attempts=tuple(row._replace(local_address="") for row in evidence.attempts))


def _without_exchangers(evidence: Evidence, rng: random.Random) -> Evidence:
    del rng
    bare = tuple(row._replace(mx="", mx_address="", greeting="") for row in evidence.attempts)
    return dataclasses.replace(evidence, attempts=bare)
