"""The part ``kills``: runs are killed at random moments, and go on to whole books and a whole log."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from simulation.faults.forked import Forked, warm
from simulation.faults.ways import WAYS
from simulation.laws.same_books import OF_THE_RUN
from simulation.part import CaseError, Failure, Tried, check_numbered

KILLS: Final = 4
"""How often a run is killed before it may come to its end."""
APART: Final = 10
"""One case of so many is run by new interpreters, as for a user; in the others processes are forked."""
BEGINS_S: Final = 0.2
"""The earliest moment of a kill of a new interpreter. Until then it imports."""

MESSAGE: Final = "From: news@sender.example\nSubject: Hello\n\nHello {{given_name}}.\n"
SCENARIO: Final = """\
schema = 1
name = "killed"
title = "Twelve companies and a sender that is killed"
seed = 7
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "10/1s"
retry = { first = "5m" }

[[campaign]]
name = "news"
message = "news.eml"

[[gateway]]
name = "acme"
persona = "proofpoint"
companies = 12
mailboxes = { count = 400, departed = 0.1, full = 0.05, opens = 0.3, complains = 0.01, away = 0.02 }
claims = { velocity = "user-unknown" }

  [[gateway.policy]]
  type = "greylisting"
  share = 0.3

  [[gateway.policy]]
  type = "velocity"
  limit = "600/1h"
"""


class Whole(NamedTuple):
    """What an undisturbed run left: its figures, the lines of its log, and how long it took."""

    card: dict[str, Any]
    log: Counter[str]
    seconds: float


@dataclass(frozen=True)
class Kills:
    """Runs that are killed, named by way and a seed of the moments."""

    name: str = "kills"
    weight: int = 1

    def cases(self, seed: str) -> Iterator[str]:
        """Yield cases without end, the ways in turn."""
        return (f"{way}/{seed}/{number}" for number in count() for way in WAYS)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Kill a run some times, and let it come to its end."""
        way, _, moments = case.partition("/")
        if way not in WAYS:
            raise CaseError(f"a case is WAY/SEED/NUMBER, and a way is {' or '.join(WAYS)}")
        check_numbered(moments)
        rng = random.Random(case)
        apart = rng.randrange(APART) == 0
        whole = whole_run(way, apart=apart)
        words, told = _words(folder, way), folder / "told"
        for number in range(KILLS):
            # What is left of a run that goes on takes less and less time.
            moment = rng.uniform(BEGINS_S if apart else 0, whole.seconds / (1 + number))
            run, parent_only = Forked(words, told, apart=apart), rng.random() < 0.5
            if run.ends_within(moment):
                tried.count("runs that ended before a kill")
                break
            run.kill(parent_only=parent_only)
            tried.count("kills")
            tried.count(f"kills, {way}")
        fault = Forked(words, told, apart=apart).fault()
        if fault:
            tried.failures.append(Failure(self.name, case, f"cannot be resumed: {fault}"))
            return
        card, log = _left_in(folder)
        differing = [name for name in whole.card if card[name] != whole.card[name]]
        if differing:
            what = f"other books than without kills: {', '.join(differing)}"
            tried.failures.append(Failure(self.name, case, what))
        if log != whole.log:
            lost, more = whole.log - log, log - whole.log
            what = f"the log lacks {lost.total()} lines and has {more.total()} too many"
            tried.failures.append(Failure(self.name, case, what, "\n".join([*lost, *more][:5])))


@cache
def _warm_up() -> None:
    """Run it in this process, over sockets and in memory."""
    for way in ("memory", "tcp"):
        with TemporaryDirectory(prefix="fivefifty-simulation-") as name:
            warm(_words(Path(name), way))


@cache
def whole_run(way: str, *, apart: bool = False) -> Whole:
    """Run it undisturbed."""
    if not apart:
        _warm_up()
    with TemporaryDirectory(prefix="fivefifty-simulation-") as name:
        folder, began = Path(name), time.monotonic()
        fault = Forked(_words(folder, way), folder / "told", apart=apart).fault()
        if fault:
            raise RuntimeError(fault)
        return Whole(*_left_in(folder), time.monotonic() - began)


def _words(folder: Path, way: str) -> list[str]:
    """Write the scenario, and return the words of the command that runs it or goes on with it."""
    (folder / "killed.toml").write_text(SCENARIO, "utf-8")
    (folder / "news.eml").write_text(MESSAGE, "utf-8")
    transport, workers = WAYS[way]
    run = ["run", str(folder / "killed.toml"), f"--out={folder / 'run'}", "--resume"]
    return [*run, f"--log={folder / 'log'}", f"--transport={transport}", f"--workers={workers}"]


def _left_in(folder: Path) -> tuple[dict[str, Any], Counter[str]]:
    """Return the scorecard of a run, and the lines of its log without what differs from run to run."""
    card: dict[str, Any] = json.loads((folder / "run" / "scorecard.json").read_text("utf-8"))
    lines: Counter[str] = Counter()
    for line in (folder / "log").read_text("utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            lines[line] += 1
            continue
        lines[json.dumps({name: value for name, value in row.items() if name not in OF_THE_RUN})] += 1
    return card, lines
