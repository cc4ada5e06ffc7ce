"""``fivefifty listed``: at a scenario, through a resolver on loopback, again and again, and what it refuses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from blocklist_servers import ZONE, nameserver
from fivefifty_command import complaint, fivefifty, free_port
from serve_process import serving
from small_scenario import bent, write

from fake_gateways.dns.resolver_fault import FaultyResolver, ResolverFault
from fake_gateways.dns.zone import World
from probe.listed.lists import shipped
from probe.studies.listed.figures import summary
from probe.studies.listed.measure_run import measure

LISTS = f"""
[[list]]
zone = "{ZONE}"
name = "Acme"
of = "addresses"
why = "sent spam"
leave = "https://acme.example"
source = "https://acme.example"

[[list]]
zone = "dnsbl.sorbs.net"
name = "SORBS"
of = "addresses"
why = "sent spam"
leave = "nowhere"
source = "https://acme.example"
"""


def world() -> World:
    """Return a list with its test point and one entry, and the sender's records."""
    made = World()
    made.add(f"2.0.0.127.{ZONE}", "A", "127.0.0.2")
    made.add(f"1.2.0.192.{ZONE}", "A", "127.0.0.2")
    made.add(f"1.2.0.192.{ZONE}", "TXT", '"seen in a trap"')
    for number in (1, 2):
        made.add_host(f"mta{number}.sender.example", f"192.0.2.{number}")
    made.add("sender.example", "TXT", '"v=spf1 ip4:192.0.2.0/24 -all"')
    made.add("_dmarc.sender.example", "TXT", '"v=DMARC1; p=none"')
    return made


@contextmanager
def resolver(*faults: FaultyResolver) -> Iterator[str]:
    """Serve the world on loopback; the value is IP:PORT."""
    with nameserver(world(), *faults) as port:
        yield f"127.0.0.1:{port}"


def refusal(*arguments: object) -> str:
    """Return the sentence that the command ends with."""
    return complaint(fivefifty(*arguments))


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    path = tmp_path / "lists.toml"
    path.write_text(LISTS, "utf-8")
    return path


def asked(lists: Path, at: str, *options: object, addresses: str = "192.0.2.1,192.0.2.2") -> dict[str, Any]:
    """Return what the command prints as JSON."""
    done = fivefifty("listed", "--addresses", addresses, "--lists", lists, "--resolver", at, "--json", *options)
    assert done.returncode in {0, 1, 4}, done.stderr
    return json.loads(done.stdout) | {"code": done.returncode}


def test_a_listing_is_found_and_told_with_where_to_ask_for_removal(lists: Path, tmp_path: Path) -> None:
    with resolver() as at:
        done = fivefifty(
            *("listed", "--addresses", "192.0.2.1,192.0.2.2", "--domains", "sender.example", "--lists", lists),
            *("--resolver", at, "--from", "sender.example", "--html", tmp_path / "page.html"),
        )
    assert done.returncode == 1, done.stderr
    first, *others = done.stdout.splitlines()
    assert first == f"1 listing, 1 not listed (asked {at})"
    text = "\n".join(others)
    assert "seen in a trap" in text
    assert "https://acme.example" in text
    assert "sorbs.net was not asked: dead since 2024-06-05" in text
    assert "pass for 192.0.2.2 (0 of 10 lookups)" in text
    assert "policy none, SPF aligned" in text
    assert "mta1.sender.example, which leads back to it" in text
    assert "1 listing" in (tmp_path / "page.html").read_text("utf-8")


def test_who_is_not_listed_is_not_listed(lists: Path) -> None:
    with resolver() as at:
        found = asked(lists, at, addresses="192.0.2.2")
    assert (found["code"], found["summary"]) == (
        0,
        {"listed": 0, "not_listed": 1, "unknown": 0, "wrong": 0, "unknown_checks": 0},
    )


@pytest.mark.parametrize("fault", [ResolverFault.VOLUME, ResolverFault.REWRITTEN])
def test_a_fault_is_no_listing_and_not_clean(fault: ResolverFault, lists: Path) -> None:
    with resolver(FaultyResolver(fault, ZONE)) as at:
        found = asked(lists, at)
    assert found["code"] == 4
    assert {(each["state"], each["fault"]) for each in found["entries"]} == {("unknown", fault.value)}


def test_a_scenario_is_asked_at_a_time_of_its_clock(tmp_path: Path) -> None:
    before = fivefifty("listed", "--scenario", "listing_lifted", "--json")
    during = fivefifty("listed", "--scenario", "listing_lifted", "--at", "90m", "--json")
    assert json.loads(before.stdout)["summary"]["listed"] == 0
    (entry,) = [each for each in json.loads(during.stdout)["entries"] if each["state"] == "listed"]
    assert (entry["subject"], entry["zone"], during.returncode) == ("127.10.0.2", "bl.reputation.example", 1)
    assert json.loads(during.stdout)["at"] == "2026-03-02T09:30:00Z"


def test_the_quota_of_a_scenario_is_no_listing() -> None:
    done = fivefifty("listed", "--scenario", "resolver_quota", "--at", "3h")
    assert "does not answer public resolvers" in done.stdout
    assert "listings" not in done.stdout


def test_a_scenario_is_watched_on_its_clock_and_only_changes_are_told() -> None:
    done = fivefifty("listed", "--scenario", "listing_lifted", "--watch", "30m", "--for", "6h", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    of_second = [(each["at"][11:16], each["state"]) for each in told if each["subject"] == "127.10.0.2"]
    assert of_second == [("09:00", "listed"), ("11:00", "not-listed")]
    assert done.returncode == 1


def test_watching_keeps_changes_and_tells_an_alert(lists: Path, tmp_path: Path) -> None:
    history, told = tmp_path / "history.sqlite", tmp_path / "told.json"
    with resolver() as at:
        command = (
            *("listed", "--addresses", "192.0.2.1,192.0.2.2", "--lists", lists, "--resolver", at, "--json"),
            *("--watch", "0.1s", "--for", "0.15s", "--history", history, "--html", tmp_path / "page.html"),
        )
        first = fivefifty(*command, "--alert", f"tee {told}", "--allow-programs")
        assert first.returncode == 1, first.stderr
        again = fivefifty(*command)
    lines = [json.loads(line) for line in first.stdout.splitlines() if line.startswith('{"at"')]
    assert [each["state"] for each in lines] == ["listed"]
    assert again.stdout == ""
    assert [each["subject"] for each in json.loads(told.read_text("utf-8"))["changes"]] == ["192.0.2.1"]
    with sqlite3.connect(history) as opened:
        (looks, changed) = opened.execute(
            "SELECT (SELECT count(*) FROM look), (SELECT count(*) FROM change)"
        ).fetchone()
    assert looks >= 2
    assert changed == 2
    assert "Who was listed when" in (tmp_path / "page.html").read_text("utf-8")


def test_an_alert_that_fails_is_a_note(lists: Path, tmp_path: Path) -> None:
    with resolver() as at:
        done = fivefifty(
            *("listed", "--addresses", "192.0.2.1", "--lists", lists, "--resolver", at, "--watch", "1s", "--for", "0s"),
            *("--alert", str(tmp_path / "missing"), "--allow-programs"),
        )
    assert done.returncode == 1
    assert "--alert" in done.stderr
    assert "it failed" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "--addresses: is missing"),
        (("--addresses", ","), "--addresses: is missing"),
        (("--addresses", "192.0.2.1", "--watch", "0s"), "--watch: is zero"),
        (("--addresses", "192.0.2.1", "--resolver", "dns.example"), "is no IP address"),
        (("--addresses", "192.0.2.1", "--resolver", "192.0.2.53"), "no allow list names it"),
        (("--addresses", "192.0.2.1", "--selector", "a b"), "is not a selector"),
        (("--addresses", "192.0.2.1", "--alert", "true"), "nothing is watched"),
        (("--addresses", "192.0.2.1", "--watch", "1h", "--alert", "true"), "add --allow-programs"),
        (("--scenario", "listing_lifted", "--addresses", "192.0.2.1"), "the scenario says it"),
        (("--scenario", "listing_lifted", "--watch", "1s"), "less than a minute"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refusal("listed", *arguments)


def test_a_file_of_lists_with_a_mistake_is_told(tmp_path: Path) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(LISTS.replace("addresses", "urls", 1), "utf-8")
    assert "list[0].of" in refusal("listed", "--addresses", "192.0.2.1", "--lists", path)


def test_a_history_of_another_kind_is_told(lists: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE other (x)")
    command = (
        "listed",
        "--addresses",
        "192.0.2.1",
        "--lists",
        lists,
        "--watch",
        "1h",
        "--for",
        "0s",
        "--history",
        path,
    )
    assert "is no history of fivefifty listed" in refusal(*command)


ALLOW = """
contact = "postmaster@sender.example"

[[resolver]]
address = "192.0.2.53"
purpose = "our own resolver"
expires = {expires}
queries_per_day = 5
"""


def test_an_allow_list_must_name_the_resolver_be_current_and_leave_enough(lists: Path, tmp_path: Path) -> None:
    allow = tmp_path / "allow.toml"
    command = ("listed", "--addresses", "192.0.2.1", "--lists", lists, "--allow", allow, "--resolver")
    allow.write_text(ALLOW.format(expires="2020-01-01"), "utf-8")
    assert "has expired on 2020-01-01" in refusal(*command, "192.0.2.53")
    assert "does not name the resolver 192.0.2.54" in refusal(*command, "192.0.2.54")

    soon = datetime.now(UTC).date() + timedelta(days=30)
    allow.write_text(ALLOW.format(expires=soon), "utf-8")
    told = refusal(*command, "192.0.2.53", "--watch", "1h", "--history", tmp_path / "h.sqlite")
    assert "more than 5 questions within a day" in told


def test_it_is_measured_at_lists_whose_entries_are_known() -> None:
    told: list[int] = []
    tally = measure(shipped().alive[:3], range(7, 9), 1, told.append)
    figures = summary({"ours": tally}, 3, range(7, 9))["tools"]["ours"]
    assert (figures["total"]["false_listings"], figures["total"]["missed"]) == (0, 0)
    assert figures["faults"]["none"]["found"] == figures["faults"]["none"]["listed"] > 0
    assert (len(figures["faults"]), told) == (15, [1, 1, 1])
    assert "--listed: makes its own blocklists" in refusal("evaluate", "--listed", "control")


def test_what_serve_serves_can_be_looked_at_from_outside(tmp_path: Path) -> None:
    listed = '{ address = "127.10.0.1", listed = [{ zone = "bl.acme.example" }] }'
    scenario = write(tmp_path, bent('{ address = "127.10.0.1" }', listed))
    lists = tmp_path / "lists.toml"
    lists.write_text(LISTS, "utf-8")
    with serving(scenario, tmp_path / "run") as served:
        found = asked(lists, f"127.0.0.1:{served.dns_port}", addresses="127.10.0.1,127.10.0.9")
    assert [(each["subject"], each["state"]) for each in found["entries"]] == [
        ("127.10.0.1", "listed"),
        ("127.10.0.9", "not-listed"),
    ]


def test_a_resolver_that_is_not_there_leaves_everything_unknown(lists: Path) -> None:
    found = asked(lists, f"127.0.0.1:{free_port()}", "--domains", "sender.example", addresses="192.0.2.1")
    assert (found["code"], found["summary"]["unknown"], found["summary"]["unknown_checks"]) == (4, 1, 2)
    assert {each["fault"] for each in found["entries"]} == {"time-out"}
