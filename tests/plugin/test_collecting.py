"""Scenario files as tests: only where somebody asks for it, a test for each gate, one run for all of a scenario."""

from __future__ import annotations

from typing import Final

import pytest
from inner_pytest import run, run_apart
from small_scenario import MESSAGE, SCENARIO, bent

from probe.classify.registry import OURS

GATES: Final = """
[expect]
hard_bounce_rate = { max = 0.5 }
delivered = { max = 3 }
classifiers.code.missed_dead = { max = 0 }
"""
FOREIGN: Final = bent("[sender]\n", 'clock = "wall"\n[sender]\nsmart_host = "127.0.0.1:2525"\n', SCENARIO + GATES)
COUNT: Final = """
import probe.testing.collect

run = probe.testing.collect.run_loaded


def counted(*arguments, **more):
    with open("runs", "a") as runs:
        runs.write("x")
    return run(*arguments, **more)


probe.testing.collect.run_loaded = counted


def pytest_unconfigure():
    probe.testing.collect.run_loaded = run
"""


@pytest.fixture
def written(pytester: pytest.Pytester) -> pytest.Pytester:
    """Write a scenario with three gates, of which one fails, and other TOML files beside it."""
    folder = pytester.mkdir("scenarios")
    (folder / "small.toml").write_text(SCENARIO + GATES, "utf-8")
    (folder / "news.eml").write_text(MESSAGE, "utf-8")
    (folder / "Cargo.toml").write_text('[package]\nname = "gateway"\n', "utf-8")
    (folder / "broken.toml").write_text("= [", "utf-8")
    return pytester


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """Return the names of what is collected."""
    return [line for line in run(pytester, "--collect-only", "-q", *arguments).outlines if "::" in line]


SMALL: Final = "scenarios/small.toml::small::"
ALL: Final = [f"{SMALL}{name}" for name in ("hard_bounce_rate", "delivered", "classifiers.code.missed_dead")]


def test_nothing_is_collected_unless_an_option_or_the_configuration_asks(written: pytest.Pytester) -> None:
    assert collected(written) == collected(written, "scenarios") == []
    assert run(written, "scenarios/small.toml").ret == pytest.ExitCode.USAGE_ERROR


def test_the_option_collects_what_looks_like_a_scenario(written: pytest.Pytester) -> None:
    assert collected(written, "--fivefifty") == collected(written, "--fivefifty", "scenarios") == ALL
    assert collected(written, "--fivefifty", "scenarios/small.toml") == ALL


def test_the_configuration_names_files_for_good(written: pytest.Pytester) -> None:
    written.makeini("[pytest]\nfivefifty_scenarios = scenarios/s*.toml more/*.toml")
    assert collected(written) == collected(written, "scenarios/small.toml") == ALL


def test_a_pattern_that_leads_away_from_the_root_folder_is_a_usage_error(written: pytest.Pytester) -> None:
    written.makeini("[pytest]\nfivefifty_scenarios = /scenarios/*.toml")
    done = run(written)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert done.errlines[0] == (
        "ERROR: fivefifty_scenarios: Non-relative patterns are unsupported; write patterns relative to "
        f"{written.path}, such as scenarios/*.toml"
    )


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (["-k", "hard_bounce_rate"], ALL[:1]),
        (["-k", "small and not code"], ALL[:2]),
        (["-m", "fivefifty"], ALL),
        (["-m", "not fivefifty"], []),
        ([f"{SMALL}delivered"], ALL[1:2]),
        (["--fivefifty-classifier", "text"], ALL),
    ],
)
def test_tests_are_selected_as_usual(selection: list[str], names: list[str], written: pytest.Pytester) -> None:
    assert collected(written, "--fivefifty", "--strict-markers", *selection) == names


def test_a_scenario_is_run_once_and_a_gate_that_fails_says_all_there_is_to_say(
    written: pytest.Pytester,
) -> None:
    written.makeconftest(COUNT)
    done = run(written, "--fivefifty", "-rf")
    done.assert_outcomes(passed=2, failed=1)
    assert (written.path / "runs").read_text() == "x"
    start = done.outlines.index(
        "___________________________ small: delivered ___________________________".center(80, "_")
    )
    assert done.outlines[start + 1 : start + 5] == [
        "Gate delivered of scenario small failed.",
        "  figure  9",
        "  bound   <= 3",
        "  1 is not reached:",
    ]
    assert done.outlines[start + 5].startswith("    1 at acme, such as ")
    assert done.outlines[start + 6] == "  books   fivefifty run scenarios/small.toml --transport memory"
    assert any(line.startswith(f"FAILED {SMALL}delivered") for line in done.outlines)


def test_the_command_line_says_how_it_is_run(written: pytest.Pytester) -> None:
    overrides = ["--fivefifty-seed", "8", "--fivefifty-transport", "tcp", "--fivefifty-classifier", "code"]
    done = run(written, "--fivefifty", *overrides)
    done.assert_outcomes(passed=2, failed=1)
    command = "  books   fivefifty run scenarios/small.toml --transport tcp --seed 8 --classifier code"
    assert command in done.outlines


def test_a_scenario_without_gates_is_a_test_that_it_runs_to_its_end(written: pytest.Pytester) -> None:
    (written.path / "scenarios" / "small.toml").write_text(SCENARIO, "utf-8")
    assert collected(written, "--fivefifty") == [f"{SMALL}complete"]
    run(written, "--fivefifty").assert_outcomes(passed=1)


EMPTY: Final = "is not valid TOML (Invalid value (at line 1, column 10)); correct the line it names"
NO_FIGURE: Final = "expect.hard_bounces: is not a figure of the scorecard; did you mean hard_bounce_rate?"
NO_FILE: Final = "campaign[[]0].message: none.eml is not a file in scenarios; correct the file name"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (bent("seed = 7", "seeed = 7"), "seeed: is not a known key; did you mean seed?"),
        (bent("schema = 1", "schema = "), EMPTY),
        (f"{SCENARIO}\n[expect]\nhard_bounces = {{ max = 1 }}", NO_FIGURE),
        (bent('message = "news.eml"', 'message = "none.eml"'), NO_FILE),
    ],
)
def test_a_scenario_that_is_wrong_is_a_collection_error_of_one_sentence(
    text: str, sentence: str, written: pytest.Pytester
) -> None:
    (written.path / "scenarios" / "small.toml").write_text(text, "utf-8")
    done = run(written, "--fivefifty")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(
        [
            "*_ ERROR collecting scenarios/small.toml _*",
            f"scenarios/small.toml: {sentence}",
            "=* short test summary info =*",
            "ERROR scenarios/small.toml",
        ],
        consecutive=True,
    )


def test_what_is_named_on_the_command_line_is_taken_for_a_scenario(written: pytest.Pytester) -> None:
    done = run(written, "--fivefifty", "scenarios/broken.toml")
    done.stdout.fnmatch_lines(["scenarios/broken.toml: is not valid TOML (*); correct the line it names"])


def test_a_classifier_that_does_not_exist_is_told_at_once(written: pytest.Pytester) -> None:
    done = run(written, "--fivefifty", "--fivefifty-classifier", "tea")
    done.stdout.fnmatch_lines([f"--fivefifty-classifier tea: is not a classifier; use one of: {', '.join(OURS)} (*"])


CODE: Final = bent("seed = 7\n", 'seed = 7\nclassifiers = ["python:theirs:read"]\n')


@pytest.fixture
def bugged(written: pytest.Pytester) -> pytest.Pytester:
    """Let the scenario name Python code that leaves a trace when it is imported."""
    (written.path / "scenarios" / "small.toml").write_text(CODE, "utf-8")
    module = "from pathlib import Path\n\nPath(__file__).with_name('trace').touch()\n\ndef read(each): ...\n"
    (written.path / "scenarios" / "theirs.py").write_text(module, "utf-8")
    return written


@pytest.mark.parametrize("more", [[], ["--collect-only"]])
def test_code_that_a_scenario_names_is_not_run_unasked(more: list[str], bugged: pytest.Pytester) -> None:
    sentence = (
        "scenarios/small.toml: classifiers: python:theirs:read: is code that the scenario would have us run; "
        "say --fivefifty-allow-programs if you trust the scenario, or choose by --fivefifty-classifier"
    )
    assert sentence in run(bugged, "--fivefifty", *more).outlines
    assert not (bugged.path / "scenarios" / "trace").exists()


def test_code_that_is_allowed_runs_when_the_scenario_does(bugged: pytest.Pytester) -> None:
    allowed = ["--fivefifty", "--fivefifty-allow-programs"]
    assert collected(bugged, *allowed) == [f"{SMALL}complete"]
    assert not (bugged.path / "scenarios" / "trace").exists()
    run(bugged, *allowed)
    assert (bugged.path / "scenarios" / "trace").exists()


@pytest.mark.parametrize(("scenario", "trusted"), [('Path("scenarios/small.toml")', False), ("CODE", True)])
def test_a_test_may_name_code_but_not_a_scenario_file_that_it_runs(
    scenario: str, *, trusted: bool, bugged: pytest.Pytester
) -> None:
    """Code in a scenario that the test itself holds is as much the user's as the test."""
    text = CODE.replace("news.eml", "scenarios/news.eml")
    bugged.syspathinsert(bugged.path / "scenarios")
    bugged.makepyfile(f"from pathlib import Path\nCODE = {text!r}\ndef test_it(lab):\n    lab.run({scenario})\n")
    done = run(bugged)
    assert ("is code that the scenario would have us run" in done.stdout.str()) != trusted
    assert (bugged.path / "scenarios" / "trace").exists() == trusted


def test_a_run_that_cannot_be_fails_every_gate_with_its_sentence_and_is_not_tried_again(
    written: pytest.Pytester,
) -> None:
    written.makeconftest(COUNT)
    (written.path / "scenarios" / "small.toml").write_text(FOREIGN, "utf-8")
    done = run(written, "--fivefifty")
    done.assert_outcomes(failed=3)
    assert (written.path / "runs").read_text() == "x"
    sentence = (
        "scenarios/small.toml: foreign or smart_host: is a real server, which cannot be reached without "
        "sockets; run it with --transport tcp"
    )
    assert done.outlines.count(sentence) == 3


def test_a_fault_of_ours_is_shown_whole(written: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.lab.run.judge_run", lambda *_, **__: 1 / 0)
    done = run(written, "--fivefifty", "-k", "delivered")
    done.stdout.fnmatch_lines(["E * ZeroDivisionError: division by zero", "*/test_collecting.py:*: ZeroDivisionError"])


def test_no_folder_is_left_behind(written: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = written.mkdir("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    run(written, "--fivefifty", "--fivefifty-transport", "tcp").assert_outcomes(passed=2, failed=1)
    assert [path.name for path in temporary.iterdir() if path.name.startswith("fivefifty")] == []


def test_xdist_shares_files_out(written: pytest.Pytester) -> None:
    for number in range(3):
        text = bent('name = "small"', f'name = "small-{number}"', SCENARIO + GATES)
        (written.path / "scenarios" / f"small{number}.toml").write_text(text, "utf-8")
    for how in ("loadfile", "load"):
        done = run_apart(written, "--fivefifty", "-n", "2", "--dist", how)
        done.assert_outcomes(passed=8, failed=4)
