"""A sweep from command line to files: the same rows with any number of workers, mistakes, interrupts."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
import small_scenario
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, INTERRUPTED, PASSED, complaint, environment, fivefifty
from small_scenario import bent

from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, load
from probe.studies.sweep.grid import parse
from probe.studies.sweep.run import prepare_sweep, run

# Everybody works at one company whose filter dislikes the message; its share of lies is what is varied.
LYING = bent("recipients = { count = 10 }\n", "", bent('type = "content"', 'type = "content"\n  refuse_at = 2.0'))
GRID = ("gateway.acme.lies=0:1:0.5", "seed=1..2")


def written(folder: Path, text: str = LYING) -> Path:
    """Write the scenario with a message that every filter dislikes."""
    message = Path(__file__).parents[1] / "scenarios" / "twelve.eml"
    return small_scenario.write(folder, text, message=message.read_text("utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of their columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def varied(grid: tuple[str, ...]) -> list[str]:
    """Return a grid as the command line has it."""
    return [word for each in grid for word in ("--vary", each)]


def test_a_sweep_tells_where_it_breaks_and_writes_a_row_a_run(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    done = fivefifty("sweep", scenario, *varied(GRID), "--out", tmp_path / "a.csv", "--plot", tmp_path / "a.svg")
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert done.stdout.startswith("code breaks at gateway.acme.lies = 0.5: ")
    assert "text breaks at gateway.acme.lies = 0.5: " in done.stdout
    assert max(map(len, done.stdout.splitlines()[2:])) <= 80
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg")
    found = rows(tmp_path / "a.csv")
    assert [(row["gateway.acme.lies"], row["seed"]) for row in found] == [
        ("0.0", "1"), ("0.0", "2"), ("0.5", "1"), ("0.5", "2"), ("1.0", "1"), ("1.0", "2"),
    ]  # fmt: skip
    # All recipients, 18 alive and 2 gone, are refused by the filter: honestly, or as unknown users.
    mistakes = [(row["code.wrongly_suppressed"], row["code.missed_dead"]) for row in found]
    assert mistakes[:2] == [("0", "2")] * 2
    assert mistakes[4:] == [("18", "0")] * 2
    assert {row["recipients"] for row in found} == {"20"}


def test_any_number_of_workers_writes_the_same_file(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    files = []
    for workers in (1, 2, 5):
        files.append(tmp_path / f"{workers}.csv")
        done = fivefifty("sweep", scenario, *varied(GRID), "--workers", workers, "--out", files[-1])
        assert (done.returncode, done.stderr) == (PASSED, "")
    assert len({file.read_bytes() for file in files}) == 1


def test_a_point_of_the_grid_is_the_run_that_the_scenario_would_be(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    sweep = prepare_sweep(scenario, parse(["gateway.acme.lies=1", "seed=3..4"]), ("code",))
    found = list(run(sweep, workers=1))
    for seed, each in zip((3, 4), found, strict=True):
        loaded = load(scenario)
        alone = loaded.scenario.model_copy(update={"seed": seed})
        prepared = prepare(Loaded(alone, loaded.folder, loaded.path))
        result = run_scenario(
            prepared, Options(transport="memory", out=tmp_path / str(seed), classifiers=choose(["code"]))
        )
        assert each.books == result.scorecard.books
        assert each.hard_bounce_rate == result.scorecard.hard_bounce_rate
        score = result.scorecard.classifiers["code"]
        errors = each.classifiers["code"]
        assert (
            errors.wrongly_suppressed, errors.wrongly_suppressed_rate, errors.missed_dead, errors.missed_dead_rate,
        ) == (
            score.wrongly_suppressed, score.wrongly_suppressed_rate, score.missed_dead, score.missed_dead_rate,
        )  # fmt: skip


def test_gates_of_the_scenario_are_not_held_against_its_variations(tmp_path: Path) -> None:
    scenario = written(tmp_path, LYING + "\n[expect]\nrecipients = { equals = 1 }\n")
    assert len(list(run(prepare_sweep(scenario, parse(["seed=1..2"]), ("code",)), workers=1))) == 2


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    sweep = prepare_sweep(written(tmp_path), parse(["seed=1..3"]), ("code",))
    made = run(sweep, workers=1)
    next(made)
    assert list((tmp_path / "temporary").iterdir()) != []
    made.close()
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_point_that_only_its_run_finds_wrong_stops_the_sweep_and_is_told(tmp_path: Path, workers: int) -> None:
    # Each value is good beside the first of the other axis; the two last together are not.
    scenario = written(tmp_path)
    axes = parse(["gateway.acme.mailboxes.departed=0.1,0.6", "gateway.acme.mailboxes.full=0.1,0.7"])
    made: list[object] = []
    with pytest.raises(InputError) as raised:
        made.extend(run(prepare_sweep(scenario, axes, ("code",)), workers=workers))
    assert str(raised.value) == (
        "--vary gateway.acme.mailboxes.departed=0.6, gateway.acme.mailboxes.full=0.7: "
        f"{scenario}: gateway.acme.mailboxes: departed, full and disabled add up to more than 1; lower one of them"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gateway.acme.lise=0,1"], "--vary gateway.acme.lise=0: {scenario}: gateway.acme.lise: is not a known key; "),
        (["seed=1..2", "gateway.acme.lies=0.5,1.5"],
         ("--vary seed=1, gateway.acme.lies=1.5: {scenario}: gateway.acme.lies: is 1.5, which is more than 1; "
         "write a share from 0 to 1, for 1.5 % write 0.015")),
        (["gateway.south.lies=1"], "--vary gateway.south.lies: there is no south; use one of: acme; or a position"),
        (["clock=virtual,wall"], '--vary clock=wall: would take real time; write clock = "virtual" in the scenario'),
        (["seed=x"], "--vary seed=x: {scenario}: seed: "),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_told_before_anything_is(tmp_path: Path, words: list[str], sentence: str) -> None:
    scenario = written(tmp_path)
    with pytest.raises(InputError) as raised:
        prepare_sweep(scenario, parse(words), ("code",))
    assert str(raised.value).startswith(sentence.format(scenario=scenario))


def test_a_scenario_with_foreign_servers_cannot_be_swept(tmp_path: Path) -> None:
    text = bent("seed = 7", 'seed = 7\nclock = "wall"', bent("retry =", 'smart_host = "127.0.0.9:25"\nretry ='))
    with pytest.raises(InputError, match=r"--vary seed=1: has foreign servers, which cannot be reached"):
        prepare_sweep(small_scenario.write(tmp_path, text), parse(["seed=1..2"]), ("code",))


def test_mistakes_of_the_command_line_are_one_sentence(tmp_path: Path) -> None:
    scenario = written(tmp_path)
    error = complaint(fivefifty("sweep", scenario, "--vary", "seed=1..2", "--out", tmp_path / "no" / "a.csv"))
    assert error == f"--out {tmp_path}/no/a.csv: cannot be written (No such file or directory); choose another file"
    error = complaint(fivefifty("sweep", scenario, "--vary", "seed=1..2", "--plot", tmp_path / "a.gif"))
    assert error.startswith(f"--plot {tmp_path}/a.gif: is not a kind of file that can be drawn; ")
    assert not (tmp_path / "a.gif").exists()


def living_in(session: int) -> set[int]:
    """Return the processes that still live in a session, zombies left out (proc(5), fields state and session)."""
    living = set()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit():
                state, _, _, leader = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[:4]
                if int(leader) == session and state != "Z":
                    living.add(int(folder.name))
    return living


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_ending_a_sweep_ends_its_workers_and_an_interrupt_keeps_finished_runs(
    tmp_path: Path, end: signal.Signals
) -> None:
    scenario = written(tmp_path)
    out, temporary = tmp_path / "a.csv", tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [COMMAND, "sweep", scenario, "--vary", "seed=1..5000", "--workers", "2", "--out", out],
        encoding="utf-8",
        env=environment() | {"TMPDIR": str(temporary)},
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as sweep:
        try:
            until(lambda: (out.exists() and len(out.read_text("utf-8").splitlines()) > 3) or sweep.poll() is not None)
            assert sweep.poll() is None, sweep.communicate()
            # A terminal sends an interrupt to all; a kill hits one.
            (os.killpg if end == signal.SIGINT else os.kill)(sweep.pid, end)
            _, error = sweep.communicate(timeout=DEADLINE_S)
            until(lambda: not living_in(sweep.pid))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(sweep.pid, signal.SIGKILL)
    if end == signal.SIGINT:
        done = len(rows(out))
        assert sweep.returncode == INTERRUPTED
        assert error == f"fivefifty: interrupted; {out} holds the first {done:,} of its runs\n"
        assert [row["seed"] for row in rows(out)] == [str(n) for n in range(1, done + 1)]
        assert list(temporary.iterdir()) == []


def test_a_classifier_of_ones_own_is_swept_under_its_name(tmp_path: Path) -> None:
    scenario, rules = written(tmp_path), tmp_path / "bounces.toml"
    rules.write_text('[[rule]]\nname = "gone"\nclass = "user-unknown"\ncode = "5xx"\n', "utf-8")
    mine = ("--classifier", f"mine=rules:{rules}", "--classifier", f"rules:{rules}", "--workers", 2)
    done = fivefifty("sweep", scenario, *varied(GRID), *mine, "--out", tmp_path / "a.csv")
    assert (done.returncode, done.stderr) == (PASSED, "")
    (first, *_) = rows(tmp_path / "a.csv")
    assert first["mine.wrongly_suppressed"] == first["bounces.wrongly_suppressed"] == "18"
