"""The programs in ``benchmarks/`` measure what they say, here of very little mail: nobody asks how fast it was."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest
from deadline import DEADLINE_S, until

from fake_gateways.policies import KINDS

ROOT: Final = Path(__file__).parents[2]
BENCHMARKS: Final = ROOT / "benchmarks"
RUNS: Final = (
    "run, tcp, one process",
    "run, tcp, two processes",
    "run, memory, one process",
    "run, memory, two processes",
    "check of that run, by a rule file",
    "run, memory, one company",
)
WIRE: Final = (
    "smtp-source to smtp-sink, kept connections",
    "smtp-source to serve, kept connections",
    "smtp-source to smtp-sink, new connections",
    "smtp-source to serve, new connections",
    "our sender to smtp-sink",
)


def ran(script: str, *arguments: object) -> str:
    """Run a program of the folder to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "support")},
        timeout=DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def benched(tmp_path: Path, *arguments: object) -> dict[str, dict[str, Any]]:
    """Run ``bench.py`` for one round, and return its rows by their names."""
    file = tmp_path / "bench.json"
    printed = ran("bench.py", "--rounds", 1, "--json", file, *arguments)
    rows = {row["case"]: row for row in json.loads(file.read_text("utf-8"))["rows"]}
    assert all(case in printed for case in rows)
    return rows


def test_a_campaign_is_measured_in_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    bench = importlib.import_module("bench")
    cases = {case.name: case for case in bench.runs(100)}
    assert tuple(cases) == RUNS
    # The other ways differ in an option alone, and two commands cost enough.
    for name in ("run, memory, two processes", "check of that run, by a rule file"):
        figures = cases[name].measure(bench.HERE, tmp_path)
        assert figures.rate == pytest.approx(100 / figures.wall_s)
        assert figures.cpu_s > 0
        # A Python that has loaded fivefifty takes more than this.
        assert figures.peak_mb > 20


@pytest.mark.foreign
def test_the_wire_is_measured_beside_postfix(tmp_path: Path) -> None:
    if shutil.which("smtp-source", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip("smtp-source is not installed (Debian package postfix)")
    rows = benched(tmp_path, "--parts", "wire", "--messages", 40)
    assert tuple(rows) == WIRE
    for row in rows.values():
        (figures,) = row["rounds"]["here"]
        assert row["count"] == (10 if "new" in row["case"] else 40)
        assert figures["rate"] > 0


def test_without_postfix_the_rows_say_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    bench, sockets = map(importlib.import_module, ("bench", "sockets"))
    monkeypatch.setattr(sockets, "SINK", "smtp-sink-that-is-not-there")
    (case,) = [case for case in bench.over_the_wire(40) if case.name == WIRE[0]]
    row = bench.Row(case.name, case.count)
    bench.measure(case, row, bench.HERE, Path())
    bench.show([row], ["here"])
    assert "smtp-sink-that-is-not-there is not installed" in capsys.readouterr().out


def test_the_policies_are_measured(tmp_path: Path) -> None:
    rows = benched(tmp_path, "--parts", "policies")
    assert {row.split()[1].rstrip(",") for row in rows} == set(KINDS)


@pytest.mark.parametrize("script", ["context.py", "rules.py"])
def test_a_script_prints_rows(script: str) -> None:
    rows = json.loads(ran(script, 200))
    assert rows
    for row in rows:
        assert all(figures["cpu_s"] > 0 and figures["rate"] > 0 for figures in row["rounds"]), row


def test_a_crowd_is_measured() -> None:
    lines = ran("crowd.py", 20, 0.2).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["idle", "slow", "idle and slow", "flooding"]
    assert all(line.endswith(" MB") for line in lines)


def test_a_crowd_whose_connections_are_closed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    crowd = importlib.import_module("crowd")
    with socket.create_server((crowd.sockets.GATEWAY, 0)) as server:
        port = server.getsockname()[1]

        def greet() -> None:
            client, _ = server.accept()
            client.send(b"220 hello\r\n")
            clients.append(client)

        clients: list[socket.socket] = []
        greeting = threading.Thread(target=greet)
        greeting.start()
        with crowd._crowd("idle:1", port) as still_there:
            greeting.join()
            still_there()
            clients[0].close()
            with pytest.raises(RuntimeError, match="the crowd idle:1 has gone"):
                until(lambda: bool(still_there()))
