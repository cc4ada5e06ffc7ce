"""Scenarios in which some keys have edge values: any key that the schema has, with any of the values here."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final

from fake_gateways.untrusted.toml_text import parse_toml
from probe.lab.plan import plan_lanes
from probe.lab.prepare import prepare
from probe.scenario.load import check
from probe.scenario.model import Scenario
from simulation.fuzzing.target import CORPORA, NAMED, Target
from simulation.fuzzing.targets.scenarios import is_small

VALUES: Final[tuple[Any, ...]] = (
    0, 1, -1, 2, 3, 100, 101, 65_535, 65_536, 2**31, 2**53 + 1, 2**63 - 1, -(2**63),
    0.0, -0.0, 0.5, 1.0, 1.0000001, 5e-324, 1e-9, 1e308, -1e308, float("inf"), float("-inf"), float("nan"),
    True, False, "", " ", "a", "A", "x" * 300, "x" * 100_000, "\0", "\n", "\u202e", "\u0663", "\U0001f600",
    "\u00df",
    "e\u0301", "\x9b2J", "5m", "0s", "1ms", "0.000000000001s", "999999999999d", "3653d", "1/1s",
    "1/0.000000000001s",
    "999999999999/1ms", "1/3653d", "0/1s", "0 B", "1 B", "999999999999 GB", "0.000000000001 B", "1e5", "\u0661m",
    "127.0.0.1", "127.0.0.1:25", "127.0.0.1:0", "[::1]:25", "::1", "::ffff:127.0.0.1", "fe80::1%eth0", "0.0.0.0",  # noqa: S104

    "255.255.255.255", "8.8.8.8", "127.0.0.0/8", "::/0", "localhost", "*", "*.", ".", "..", "a.example",
    "a.example.",
    "acme.example", "A.EXAMPLE", "xn--", "xn--a.example", "\u00fc.example", f"{'a' * 63}.example",
    f"{'a' * 64}.example",
    ".".join(["a" * 60] * 4), "ann@acme.example", "@", "a@", '"a b"@acme.example', "rcpt", "content", "delivered",
    "user-unknown", "recipient", "Europe/Berlin", "../etc/passwd", "/", "news.eml", "list.csv", "mine.toml",
    "logged.csv",
    "plain.eml", "proofpoint", "{recipient}", "{", "{}", "{0}", "{recipient.__class__}", "{recipient!r:>9}",
    "%s", "(", ".*",
    "(a*)*b", "x{1000}", "\\C", "(?i)", "[", "v=spf1 -all", "10 .", "10 mx.acme.example", "07:00", "25:00", "mon",
    datetime(2026, 3, 2, tzinfo=UTC), datetime(1, 1, 1), datetime(9999, 12, 31, tzinfo=UTC), date(2026, 3, 2),  # noqa: DTZ001
    time(0, 0), time(23, 59, 59, 999_999), [], [[]], [{}], [1], [""], ["a", "a"], ["a"] * 200, {}, {"": {}},
    {"a": 1}, {"max": 1}, {"first": "1s"}, {"user-unknown": "content"}, {"min": "x", "max": []},
)  # fmt: skip


@cache
def base() -> dict[str, Any]:
    """Return the scenario whose keys are changed."""
    return parse_toml((CORPORA / "scenario" / "all.toml").read_text("utf-8"))


@cache
def keys() -> tuple[tuple[str, ...], ...]:
    """Return the path of every key of the schema: ``0`` is the first of a list, and a policy is named by its type."""
    schema = Scenario.model_json_schema()
    return tuple(dict.fromkeys(_paths(schema, schema["$defs"])))


def _paths(node: Mapping[str, Any], known: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if "$ref" in node:
        yield from _paths(known[node["$ref"].rpartition("/")[2]], known, path)
        return
    if path:
        yield path
    for each in node.get("anyOf", ()):
        yield from _paths(each, known, path)
    for kind, reference in node.get("discriminator", {}).get("mapping", {}).items():
        yield from _paths({"$ref": reference}, known, (*path[:-1], f"type={kind}"))
    if isinstance(node.get("items"), Mapping):
        yield from _paths(node["items"], known, (*path, "0"))
    for key, inner in node.get("properties", {}).items():
        yield from _paths(inner, known, (*path, key))


def changed(raw: Any, path: tuple[str, ...], value: Any) -> Any:
    """Return a table with another value at a path. Tables and lists on the way are made where there are none."""
    if not path:
        return copy.deepcopy(value)
    step, *rest = path
    if step == "0" or step.startswith("type="):
        entries = list(raw) if isinstance(raw, list) and raw else [{}]
        kind = step.removeprefix("type=")
        if step != "0":
            others = [each for each in entries if isinstance(each, dict) and each.get("type") != kind]
            entries = [next((each for each in entries if each not in others), {"type": kind}), *others]
        return [changed(entries[0], tuple(rest), value), *entries[1:]]
    table = dict(raw) if isinstance(raw, dict) else {}
    return {**table, step: changed(table.get(step), tuple(rest), value)}


def _run(data: bytes) -> None:
    """Change a key for every three octets: its number, and that of the value."""
    raw = base()
    for place in range(0, len(data) - 2, 3):
        path = keys()[int.from_bytes(data[place : place + 2]) % len(keys())]
        raw = changed(raw, path, VALUES[data[place + 2] % len(VALUES)])
    loaded = check(copy.deepcopy(raw), folder=NAMED, path="scenario.toml")
    if is_small(loaded):
        plan_lanes(prepare(loaded))


TARGETS: Final = (Target("scenario-values", _run, batch=300, longest=30),)
