"""Measures everything in one run and prints one table; make bench.

The cases take turns, round by round, so that other work on the machine falls on all of them alike. A figure is the
median of the rounds; behind ± is half of the distance from the least to the most. Memory is the largest sum of the
proportional set sizes (PSS) of all processes, which counts once what they share.

``--against`` measures another commit in alternation, through its command line alone (make bench-compare).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import campaign
import sockets
from checkouts import HERE, ROOT, Checkout, of_commit
from figures import Figures, Row, as_json, show
from processes import run

WORDS: Final = ROOT / "probe" / "classify" / "words.toml"
"""The rule file with which a finished run is judged again."""
SIZES: Final = (10_000, 100_000, 1_000_000)
ONCE: Final = 1_000_000
"""Recipients from which on one round must do."""
KEPT: Final = 4
"""Messages over kept connections for each that opens its own, so that both cases take about as long."""
PARTS: Final = ("wire", "run", "rules", "policies")
SCRIPTS: Final = {"rules": ("rules.py", "context.py"), "policies": ("policies.py",)}
"""What is measured within a process. Another commit's scripts may print other figures, so only ours are run."""

Measure = Callable[[Checkout, Path], Figures]


class Case(NamedTuple):
    """What is measured, of how many messages or recipients. ``measure`` gets a checkout and a folder to work in."""

    name: str
    count: int
    measure: Measure
    foreign: bool = False
    """Nothing in it is ours, so it is the same whatever the checkout."""


def main() -> None:
    """Measure, print the table, and write the JSON."""
    asked = _arguments()
    cases = [*(over_the_wire(asked.messages) if "wire" in asked.parts else ())]
    cases += [case for size in asked.sizes for case in runs(size)] if "run" in asked.parts else []
    rows = [Row(case.name, case.count) for case in cases]
    with ExitStack() as stack:
        other = [stack.enter_context(of_commit(asked.against))] if asked.against else []
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for number in range(asked.rounds):
            for case, row in zip(cases, rows, strict=True):
                if number == 0 or case.count < ONCE:
                    of_case = [HERE] if case.foreign else [*other, HERE]
                    # Who goes first changes with every round.
                    for checkout in of_case if number % 2 == 0 else reversed(of_case):
                        measure(case, row, checkout, folder)
    for part in asked.parts if not other else ():
        for script in SCRIPTS.get(part, ()):
            rows += _of_script(script)
    show(rows, [checkout.label for checkout in (*other, HERE)])
    if asked.json:
        asked.json.write_text(json.dumps(as_json(rows), indent=1) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="recipients of the campaigns: 10000,100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=20_000, help="messages over the wire")
    parser.add_argument("--parts", type=_parts, default=PARTS, help=f"some of {','.join(PARTS)}")
    parser.add_argument("--json", type=Path, help="file for every figure of every round")
    parser.add_argument("--against", metavar="COMMIT", help="another commit, measured in alternation")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def _parts(text: str) -> list[str]:
    unknown = set(text.split(",")) - set(PARTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return text.split(",")


def over_the_wire(messages: int) -> Iterator[Case]:
    """Yield what is measured beside Postfix's programs."""
    for reused, count, word in ((True, messages, "kept"), (False, max(1, messages // KEPT), "new")):

        def to_sink(_: Checkout, __: Path, *, count: int = count, reused: bool = reused) -> Figures:
            return sockets.source_to_sink(count, reused=reused)

        def to_serve(checkout: Checkout, folder: Path, *, count: int = count, reused: bool = reused) -> Figures:
            return sockets.source_to_serve(checkout.fivefifty, folder, count, reused=reused)

        yield Case(f"smtp-source to smtp-sink, {word} connections", count, to_sink, foreign=True)
        yield Case(f"smtp-source to serve, {word} connections", count, to_serve)

    def from_us(checkout: Checkout, folder: Path) -> Figures:
        return sockets.sender_to_sink(checkout.fivefifty, folder, messages)

    yield Case("our sender to smtp-sink", messages, from_us)


def runs(size: int) -> Iterator[Case]:
    """Yield what is measured of a campaign: sent and judged in every way, judged again, and sent to one company."""
    for transport in ("tcp", "memory"):
        for processes, words in ((1, "one process"), (2, "two processes")):

            def sent(
                checkout: Checkout, folder: Path, transport: str = transport, processes: int = processes
            ) -> Figures:
                scenario = campaign.write(folder, size)
                how = ["--transport", transport, "--workers", processes]
                return _rated(run([checkout.fivefifty, "run", scenario, *how, "--out", _emptied(folder)]), size)

            yield Case(f"run, {transport}, {words}", size, sent)

    def judged(checkout: Checkout, folder: Path) -> Figures:
        """Judge what the case before has left."""
        return _rated(run([checkout.fivefifty, "check", folder / "run", "--classifier", f"rules:{WORDS}"]), size)

    yield Case("check of that run, by a rule file", size, judged)

    def to_one_company(checkout: Checkout, folder: Path) -> Figures:
        scenario = campaign.write(folder, size, campaign.ONE)
        how = ["--transport", "memory", "--workers", 2]
        return _rated(run([checkout.fivefifty, "run", scenario, *how, "--out", _emptied(folder)]), size)

    yield Case("run, memory, one company", size, to_one_company)


def _emptied(folder: Path) -> Path:
    """Return the folder for the books, without those of the case before."""
    shutil.rmtree(folder / "run", ignore_errors=True)
    return folder / "run"


def _rated(figures: Figures, count: int) -> Figures:
    return figures._replace(rate=count / figures.wall_s)


def measure(case: Case, row: Row, checkout: Checkout, folder: Path) -> None:
    """Add a round to a row, or why it could not be measured; say the same on standard error."""
    own = folder / checkout.label
    own.mkdir(parents=True, exist_ok=True)
    try:
        figures = case.measure(checkout, own)
    except RuntimeError as error:
        said = row.absent = str(error)
    else:
        row.rounds.setdefault(checkout.label, []).append(figures)
        said = f"{figures.wall_s:.1f} s"
    print(f"{checkout.label}: {case.name}, {case.count:,}: {said}", file=sys.stderr)


def _of_script(script: str) -> list[Row]:
    """Return the rows that a script beside this one prints as JSON."""
    print(f"{HERE.label}: {script}", file=sys.stderr)
    ran = subprocess.run(
        [sys.executable, Path(__file__).with_name(script)],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "support")},
        stdout=subprocess.PIPE,
    )
    return [
        Row(each["case"], each["count"], {HERE.label: [Figures(**figures) for figures in each["rounds"]]})
        for each in json.loads(ran.stdout)
    ]


if __name__ == "__main__":
    main()
