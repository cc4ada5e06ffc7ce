"""The file of ``--log``: whole lines, each once, whatever interrupted the run and however often."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_scenario
from fivefifty_command import fivefifty
from small_scenario import bent

from probe.classify.registry import choose
from probe.lab import jsonl_log
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.scenario.load import load

SEVERAL = bent('domains = ["acme.example"]', "companies = 3", bent("recipients = { count = 10 }\n", ""))
OLD = '{"event":"attempt","lane":"of another run"}\n'


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedScenario:
    """Return a scenario of three lanes."""
    return prepare(load(small_scenario.write(tmp_path, SEVERAL)))


def run(prepared: PreparedScenario, folder: Path, log: Path, *, workers: int = 1) -> None:
    """Run it, or go on with it."""
    chosen = choose(["code"])
    run_scenario(
        prepared,
        Options(transport="memory", out=folder, classifiers=chosen, workers=workers, resume=True, log=log),
    )


@pytest.fixture
def expected(prepared: PreparedScenario, tmp_path: Path) -> str:
    """Return the log of an undisturbed run."""
    run(prepared, tmp_path / "whole", tmp_path / "whole.jsonl")
    return (tmp_path / "whole.jsonl").read_text("ascii")


@pytest.mark.parametrize("after", [0, 1, 7, 30])
def test_a_run_killed_while_it_wrote_leaves_whole_lines_when_it_goes_on(
    prepared: PreparedScenario, expected: str, after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.jsonl"
    log.write_text(OLD, "ascii")
    for _ in range(2):
        with monkeypatch.context() as patched:
            lines = iter(range(after))
            encode = jsonl_log._ENCODE

            def encoded(row: object, lines: object = lines, encode: object = encode) -> str:
                if next(lines, None) is None:  # type: ignore[call-overload]
                    raise KeyboardInterrupt
                return str(encode(row))  # type: ignore[operator]

            patched.setattr(jsonl_log, "_ENCODE", encoded)
            with pytest.raises(KeyboardInterrupt):
                run(prepared, tmp_path / "run", log)
        with log.open("a", encoding="ascii") as file:
            file.write('{"event":"att')  # as a kill leaves a line
    run(prepared, tmp_path / "run", log)
    assert log.read_text("ascii") == OLD + expected
    run(prepared, tmp_path / "run", log)
    assert log.read_text("ascii") == OLD + expected


def test_a_log_is_the_same_from_one_process_and_from_two(
    prepared: PreparedScenario, expected: str, tmp_path: Path
) -> None:
    run(prepared, tmp_path / "run", tmp_path / "run.jsonl", workers=2)
    assert (tmp_path / "run.jsonl").read_text("ascii") == expected


@pytest.mark.parametrize("broken", ["", '{"event":"att', "x" * 200_000])
@pytest.mark.parametrize("old", ["", OLD, OLD * 3000])
def test_new_lines_follow_the_last_whole_line_of_another_run(
    prepared: PreparedScenario, expected: str, old: str, broken: str, tmp_path: Path
) -> None:
    log = tmp_path / "run.jsonl"
    log.write_text(old + broken, "ascii")
    run(prepared, tmp_path / "run", log)
    assert log.read_text("ascii") == old + expected


def test_decisions_come_before_the_attempts_that_heard_of_them(expected: str) -> None:
    first, second, *_ = expected.splitlines()
    assert first.startswith('{"event":"truth","gateway":"acme-1"')
    assert second.startswith('{"event":"attempt","lane":"acme-1"')


def test_a_run_that_has_ended_appends_nothing_and_says_so(prepared: PreparedScenario, tmp_path: Path) -> None:
    folder, log = tmp_path / "run", tmp_path / "run.jsonl"
    run(prepared, folder, tmp_path / "first.jsonl")
    done = fivefifty("run", tmp_path / "small.toml", "--transport", "memory", "--out", folder, "--resume", "--log", log)
    assert f"note: --log {log}: nothing is appended, because the run in {folder} has ended before" in done.stderr
    assert not log.exists()


@pytest.mark.parametrize("after", [0, 7, 30, 1000], ids=lambda after: f"{after} lines")
def test_lines_that_another_run_has_appended_meanwhile_stay(
    prepared: PreparedScenario, expected: str, after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.jsonl"
    log.write_text(OLD, "ascii")
    with monkeypatch.context() as patched:
        lines, encode = iter(range(after)), jsonl_log._ENCODE

        def encoded(row: object) -> str:
            if next(lines, None) is None:
                raise KeyboardInterrupt
            return encode(row)

        def interrupt(_: Ledger) -> None:
            raise KeyboardInterrupt

        patched.setattr(jsonl_log, "_ENCODE", encoded)
        patched.setattr(Ledger, "seal", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(prepared, tmp_path / "run", log)
    written = "".join(expected.splitlines(keepends=True)[:after])
    assert log.read_text("ascii") == OLD + written
    with log.open("a", encoding="ascii") as file:
        file.write(OLD * 3 + '{"event":"att')
    run(prepared, tmp_path / "run", log)
    assert log.read_text("ascii") == OLD + written + OLD * 3 + expected[len(written) :]
