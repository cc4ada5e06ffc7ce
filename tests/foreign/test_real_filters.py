"""Content policies that ask a real rspamd and a real SpamAssassin, started by the tests with rules of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest
from rspamd_instance import rspamd
from spamd_instance import spamd

from fake_gateways import scanners
from fake_gateways.verdict import Scan
from probe.classify.registry import choose
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

pytestmark = pytest.mark.foreign

ROOT = Path(__file__).parents[2]
STARTERS: dict[str, Callable[[], AbstractContextManager[int]]] = {"rspamd": rspamd, "spamassassin": spamd}
HEAD = (
    b"From: a@messenger.example\r\nTo: b@northwind.example\r\nSubject: Minutes\r\nMessage-ID: <1@messenger.example>\r\n"
)
HEAD += b"Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n\r\n"
PLAIN, SPAMMY = b"As agreed on Monday, the minutes.\r\n", b"This is your last chance for free seats!\r\n"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"


class Running(NamedTuple):
    """A filter that runs."""

    name: str
    port: int


@pytest.fixture(scope="module", params=STARTERS)
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with STARTERS[request.param]() as port:
        yield Running(request.param, port)


@pytest.mark.parametrize(("text", "least", "most"), [(PLAIN, -5, 5), (SPAMMY, 9, 14), (GTUBE, 15, 2000)])
def test_a_filter_gives_points(running: Running, text: bytes, least: float, most: float) -> None:
    scanner = scanners.connect({running.name: ("127.0.0.1", running.port)})[running.name]
    scan = Scan(running.name, HEAD + text, "127.10.0.1", "mta1.messenger.example", "a@b.example", ("c@d.example",))
    answer = asyncio.run(scanner(scan))
    assert not answer.failed
    assert least <= float(answer.records[0]) <= most


def test_a_filter_that_runs_is_there(running: Running) -> None:
    scanner = scanners.connect({running.name: ("127.0.0.1", running.port)})[running.name]
    assert asyncio.run(scanner.is_there())


def test_the_scenario_holds_its_gates_over_either_transport(running: Running, tmp_path: Path) -> None:
    shipped = ROOT / "scenarios" / "real_filters" / f"{running.name}.toml"
    port = {"rspamd": "11333", "spamassassin": "783"}[running.name]
    text = shipped.read_text("utf-8").replace(f'= "127.0.0.1:{port}"', f'= "127.0.0.1:{running.port}"')
    path = tmp_path / "scenarios" / shipped.name
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    (path.parent / "gtube.eml").write_bytes((shipped.parent / "gtube.eml").read_bytes())
    prepared = prepare(load(path))
    books = set()
    for transport in ("memory", "tcp"):
        result = run_scenario(
            prepared,
            Options(transport=transport, out=tmp_path / transport, classifiers=choose(["code", "always-keep"])),
        )
        assert [gate for gate in result.gates if not gate.passed] == []
        books.add(result.scorecard.books)
    assert len(books) == 1
