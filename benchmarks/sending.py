"""Prints messages per second for both transports. Run it with ``make bench``; it asserts nothing.

Each case is run in turn, memory then sockets, several rounds; the median of the rounds is printed with the extremes.
A whole run is ``lab.run``: plan, routes, lanes, books, join, scores; making up the people is not part of it. Sending is
the lanes alone, both sides and their books, from the first recipient to the last (starting processes included).
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from probe.classify.registry import choose
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import check

MESSAGES = Path(__file__).parent.parent / "scenarios" / "messages"
ROUNDS = 3
RECIPIENTS = 20_000
HEADS = ("memory", "whole run", "tcp", "whole run")


def scenario(**gateway: Any) -> dict[str, Any]:
    """Return eight companies of one kind, mailed as fast as a sender can."""
    return {
        "schema": 1,
        "name": "bench",
        "title": "bench",
        "seed": 550,
        "starts": "2026-03-02T08:00:00Z",
        "sender": {
            "helo": "mta1.messenger.example",
            "return_path": "bounce.messenger.example",
            "ips": [{"address": "127.10.0.1"}],
            "rate": "500/1s",
        },
        "campaign": [{"name": "bench", "message": "webinar.eml"}],
        "gateway": [
            {"name": "g", "persona": "proofpoint", "companies": 8, "mailboxes": {"count": RECIPIENTS}, **gateway}
        ],
    }


CASES = {
    "accepted": scenario(),
    "accepted, content scored": scenario(policy=[{"type": "content", "refuse_at": 90.0}]),
    "refused at RCPT": scenario(policy=[{"type": "ip-reputation", "deny": ["127.10.0.1"]}]),
    "accepted, not pipelined": scenario(persona="mimecast"),
}


def measure(raw: dict[str, Any], transport: Any, workers: int) -> tuple[float, float]:
    """Run a case once; return recipients per second while sending, and of the whole run."""
    prepared = prepare(check(raw, folder=MESSAGES, path="bench"))
    sent = 0.0

    def tell(_: object) -> None:
        nonlocal sent
        sent = time.perf_counter()

    def begin(_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    began = start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run_scenario(
            prepared,
            Options(transport=transport, out=Path(folder), classifiers=choose(["code"]), workers=workers),
            begin=begin,
            tell=tell,
        )
        whole = time.perf_counter() - start
    count = len(prepared.everybody)
    return count / (sent - began), count / whole


def main() -> None:
    """Print the table."""
    cores = os.cpu_count() or 1
    print(f"Python {platform.python_version()}, {cores} cores, {RECIPIENTS:,} recipients a run, {ROUNDS} rounds")
    print("recipients per second while sending, and of the whole run: median (least to most)")
    print(f"{'':<26}{'processes':>9}" + "".join(f"{head:>26}" for head in HEADS))
    for name, raw in CASES.items():
        for workers in (1, cores):
            figures: dict[str, list[tuple[float, float]]] = {"memory": [], "tcp": []}
            for _ in range(ROUNDS):
                for transport, rates in figures.items():
                    rates.append(measure(raw, transport, workers))
            columns = [list(column) for rates in figures.values() for column in zip(*rates, strict=True)]
            cells = (f"{statistics.median(each):,.0f} ({min(each):,.0f} to {max(each):,.0f})" for each in columns)
            print(f"{name:<26}{workers:>9}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
