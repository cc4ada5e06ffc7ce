"""``fivefifty listed`` at a real rbldnsd, and through a real Unbound, with faults in between."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from blocklist_servers import ZONE, nameserver, rbldnsd, unbound
from fivefifty_command import apart, complaint, fivefifty
from network_namespace import network_namespace

from fake_gateways.dns.resolver_fault import FaultyResolver, ResolverFault
from fake_gateways.dns.zone import World

pytestmark = pytest.mark.foreign

LISTS = f"""
[[list]]
zone = "{ZONE}"
name = "Acme"
of = "addresses"
why = "sent spam"
leave = "https://acme.example"
source = "https://acme.example"
"""
NOT_AT_ONCE = {ResolverFault.TIME_OUT, ResolverFault.TRUNCATED, ResolverFault.SERVER_FAILURE}
"""Unbound itself waits long for these."""


def world() -> World:
    """Return a list with its test point and one entry."""
    made = World()
    for name in (f"2.0.0.127.{ZONE}", f"1.2.0.192.{ZONE}"):
        made.add(name, "A", "127.0.0.2")
    return made


def states(port: int, folder: Path) -> dict[str, tuple[str, str | None]]:
    """Return what is said of a listed address and of another one."""
    lists = folder / "lists.toml"
    lists.write_text(LISTS, "utf-8")
    done = fivefifty(
        *("listed", "--addresses", "192.0.2.1,192.0.2.2", "--lists", lists, "--resolver", f"127.0.0.1:{port}", "--json")
    )
    entries: list[dict[str, Any]] = json.loads(done.stdout)["entries"]
    return {each["subject"]: (each["state"], each["fault"]) for each in entries}


RIGHT = {"192.0.2.1": ("listed", None), "192.0.2.2": ("not-listed", None)}


def test_rbldnsd_lists_who_is_on_the_list(tmp_path: Path) -> None:
    with rbldnsd("127.0.0.2\n192.0.2.1\n") as port:
        assert states(port, tmp_path) == RIGHT


@pytest.mark.parametrize(
    ("entries", "fault"), [("192.0.2.1\n", "dead"), ("127.0.0.0/8\n192.0.0.0/8\n", "lists-the-world")]
)
def test_rbldnsd_with_a_list_that_is_not_as_it_must_be(entries: str, fault: str, tmp_path: Path) -> None:
    with rbldnsd(entries) as port:
        assert set(states(port, tmp_path).values()) == {("unknown", fault)}


def test_rbldnsd_behind_unbound(tmp_path: Path) -> None:
    with rbldnsd("127.0.0.2\n192.0.2.1\n") as behind, unbound(behind) as port:
        assert states(port, tmp_path) == RIGHT


def test_unbound_that_drops_private_answers_is_no_clean_list(tmp_path: Path) -> None:
    # As many home routers do against DNS rebinding.
    with nameserver(world()) as behind, unbound(behind, "private-address: 127.0.0.0/8") as port:
        found = states(port, tmp_path)
    assert {state for state, _ in found.values()} == {"unknown"}


@pytest.mark.parametrize("fault", [None, *(each for each in ResolverFault if each not in NOT_AT_ONCE)])
def test_unbound_with_faults_behind_it(fault: ResolverFault | None, tmp_path: Path) -> None:
    faults = [] if fault is None else [FaultyResolver(fault, ZONE)]
    with nameserver(world(), *faults) as behind, unbound(behind) as port:
        found = states(port, tmp_path)
    if fault is None:
        assert found == RIGHT
    else:
        assert {state for state, _ in found.values()} == {"unknown"}


ALLOW = """\
contact = "postmaster@sender.example"

[[resolver]]
address = "192.0.2.53"
purpose = "we watch our own addresses"
expires = {expires}
queries_per_day = 30
"""
SERVE = f"""
import asyncio, ipaddress
from fake_gateways.dns.nameserver import serve
from fake_gateways.dns.zone import World
world = World()
for name in ("2.0.0.127.{ZONE}", "1.2.0.192.{ZONE}"):
    world.add(name, "A", "127.0.0.2")
async def main():
    await serve(world, lambda: 0.0, address="192.0.2.53", port=53, allowed=[ipaddress.ip_network("192.0.2.53")])
    print("ready", flush=True)
    await asyncio.sleep(3600)
asyncio.run(main())
"""


def test_a_resolver_beyond_this_machine_is_asked_only_as_the_allow_list_says(tmp_path: Path) -> None:
    (tmp_path / "lists.toml").write_text(LISTS, "utf-8")
    expires = datetime.now(UTC).date() + timedelta(days=7)
    (tmp_path / "allow.toml").write_text(ALLOW.format(expires=expires), "utf-8")
    who = ("listed", "--addresses", "192.0.2.1", "--lists", tmp_path / "lists.toml", "--resolver", "192.0.2.53")
    kept = ("--watch", "1h", "--for", "0s", "--history", tmp_path / "history.sqlite", "--json")
    with (
        network_namespace(tmp_path, "127.0.0.53", "192.0.2.53/24") as namespace,
        subprocess.Popen([*namespace, sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        refused = apart(*who, prefix=namespace)
        first = apart(*who, "--allow", tmp_path / "allow.toml", *kept, prefix=namespace)
        again = apart(*who, "--allow", tmp_path / "allow.toml", *kept, prefix=namespace)
        server.terminate()
    assert "is beyond this machine, and no allow list names it" in complaint(refused)
    assert [json.loads(line)["state"] for line in first.stdout.splitlines()] == ["listed"]
    assert "would be asked more than 30 questions within a day" in complaint(again)
