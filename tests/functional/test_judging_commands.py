"""Judging what has been run: check, compare and baseline, as a CI job calls them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fivefifty_command import GATE_FAILED, PASSED, complaint, fivefifty

TWELVE = Path(__file__).parent.parent / "scenarios" / "twelve.toml"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the twelve."""
    folder = tmp_path_factory.mktemp("judged") / "run"
    fivefifty("run", TWELVE, "--transport", "memory", "--out", folder)
    return folder


@pytest.fixture
def run(once: Path, tmp_path: Path) -> Path:
    """Return books of one's own."""
    return Path(shutil.copytree(once, tmp_path / "run"))


def test_a_run_is_judged_again_without_sending_anything(run: Path) -> None:
    before = json.loads((run / "scorecard.json").read_text("utf-8"))
    done = fivefifty("check", run)
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert json.loads((run / "scorecard.json").read_text("utf-8")) == before


def test_the_scenarios_own_gates_are_held_again(run: Path) -> None:
    assert "gate passed  truth.disguised = 2  (bound: = 2)" in fivefifty("check", run).stdout


def test_a_bound_on_the_command_line_fails_and_names_the_recipients(run: Path) -> None:
    done = fivefifty("check", run, "--gate", "classifiers.code.wrongly_suppressed <= 1")
    assert done.returncode == GATE_FAILED
    assert "gate FAILED  classifiers.code.wrongly_suppressed = 3  (bound: <= 1)" in done.stdout
    eve = "alive, suppressed: twelve/eve@liar.example: 550 5.1.1 User Unknown (enhanced status 5.1.1)"
    assert eve in done.stdout


def test_a_bound_on_the_missed_names_those_who_are_gone(run: Path) -> None:
    done = fivefifty("check", run, "--gate", "classifiers.text.missed_dead = 0")
    assert done.returncode == GATE_FAILED
    assert "gone, kept: twelve/ida@wary.example: 550 #5.7.1 Your access" in done.stdout


def test_gates_can_be_given_to_run_as_well(tmp_path: Path) -> None:
    out = ("--transport", "memory", "--out", tmp_path / "run")
    done = fivefifty("run", TWELVE, *out, "--gate", "hard_bounce_rate <= 0.1")
    assert done.returncode == GATE_FAILED
    assert "gate FAILED  hard_bounce_rate = 66.67%  (bound: <= 10%)" in done.stdout


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (
            "recipients",
            "--gate recipients: is not a bound; write for example 'classifiers.code.wrongly_suppressed <= 3'",
        ),
        ("nothing <= 3", "--gate.nothing: is not a figure of the scorecard; use one of: "),
        (
            "scenario <= 3",
            "--gate.scenario: cannot have a bound; bound a figure that is a number, by numbers",
        ),
    ],
)
def test_what_is_no_bound_is_told(run: Path, gate: str, sentence: str) -> None:
    assert complaint(fivefifty("check", run, "--gate", gate)).startswith(sentence)


def test_a_baseline_is_kept_and_only_a_worsening_fails(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    done = fivefifty("baseline", "update", run, "--baseline", file, "--classifier", "code")
    assert done.stdout == "twelve code: 3 wrongly suppressed, 0 missed\n"
    same = fivefifty("check", run, "--baseline", file)
    assert same.returncode == PASSED
    assert (
        f"baseline passed  no classifier is worse than in {file}\n"
        f"baseline: {file} has no mistakes of always-keep, text; fivefifty baseline update records them\n"
    ) in same.stdout
    # A better baseline: hal is not suppressed in it.
    file.write_text(file.read_text("utf-8").replace('  "twelve/hal@wary.example",\n', ""), "utf-8")
    worse = fivefifty("run", TWELVE, "--transport", "memory", "--out", tmp_path / "again", "--baseline", file)
    assert worse.returncode == GATE_FAILED
    assert (
        "baseline FAILED  code: wrongly suppressed 2 -> 3\n  1 alive at wary, refused for ip-reputation, suppressed\n"
        "  alive, suppressed: twelve/hal@wary.example: 550 #5.7.1"
    ) in worse.stdout


def test_a_baseline_of_several_scenarios_keeps_the_others(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    file.write_text(
        '["other"]\nseed = 1\n["other".classifiers."x"]\nwrongly_suppressed = []\nmissed_dead = []\n', "utf-8"
    )
    fivefifty("baseline", "update", run, "--baseline", file)
    assert '["other"]' in file.read_text("utf-8")
    assert '["twelve"]' in file.read_text("utf-8")


def test_a_baseline_of_another_scenario_or_seed_is_no_measure(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    file.write_text('["other"]\nseed = 1\n', "utf-8")
    done = fivefifty("check", run, "--baseline", file)
    assert "has no scenario twelve, only: other; update it with" in done.stderr
    file.write_text('["twelve"]\nseed = 1\n', "utf-8")
    assert "was made with seed 1, and the run with seed 12" in fivefifty("check", run, "--baseline", file).stderr


def test_a_classifier_of_the_baseline_that_does_not_read_the_run_is_an_error(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.toml"
    fivefifty("baseline", "update", run, "--baseline", file, "--classifier", "code", "--classifier", "text")
    file.write_text(file.read_text("utf-8").replace('."text"', '."mine"'), "utf-8")
    sentence = (
        f"{file}: has mistakes of mine, but only always-keep, code, text read this run; "
        "name the others with --classifier, or update it with fivefifty baseline update"
    )
    named = ("--classifier", "code", "--classifier", "always-keep", "--baseline", file)
    checked = fivefifty("check", run, *named)
    again = fivefifty("run", TWELVE, "--transport", "memory", "--out", tmp_path / "again", *named)
    assert (complaint(checked), complaint(again)) == (sentence, sentence)
    assert not (tmp_path / "again").exists()
    file.write_text('["twelve"]\nseed = 12\n', "utf-8")
    assert complaint(fivefifty("check", run, "--baseline", file)).startswith(
        f"{file}: has no classifier of scenario twelve; update it with "
    )


def test_two_classifiers_are_compared_and_the_worse_second_fails(run: Path) -> None:
    done = fivefifty("compare", f"{run}:text", f"{run}:code")
    assert done.returncode == GATE_FAILED
    assert "Alive, suppressed: B has 1 more than A; this may be chance." in done.stdout
    assert "Gone, kept: B has 1 fewer than A; this may be chance." in done.stdout
    assert "worse  twelve/hal@wary.example (alive): keep -> suppress; 550 #5.7.1" in done.stdout
    assert "better twelve/ida@wary.example (gone): keep -> suppress; 550 #5.7.1" in done.stdout


def test_two_runs_are_compared_by_the_classifiers_both_have(run: Path, once: Path) -> None:
    done = fivefifty("compare", once, run)
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert done.stdout.count("B has as many as A") == 6


def test_a_classifier_that_never_read_is_told_with_those_that_did(run: Path) -> None:
    sentence = complaint(fivefifty("compare", f"{run}:code", f"{run}:mine"))
    assert sentence.endswith("has no advice of classifier mine; it has: always-keep, code, text; see fivefifty check")


def test_runs_of_other_recipients_cannot_be_compared(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    control = TWELVE.parents[2] / "scenarios" / "dns_change.toml"
    fivefifty("run", control, "--transport", "memory", "--out", other)
    assert "has other recipients than" in complaint(fivefifty("compare", run, other))


REPORTED = """\
recipient,event,code,enhanced,reply,class
bob@plain.example,bounce,550,5.1.1,no,
bob@plain.example,bounce,550,5.1.1,no,
nobody@plain.example,bounce,550,5.1.1,no,
ann@plain.example,delivered,250,,ok,
eve@liar.example,bounce,550,5.1.1,no,spam
kim@freemail.example,frobnicated,,,,
"""


@pytest.fixture
def reported(tmp_path: Path) -> list[object]:
    """Return the options that name a table of reported bounces."""
    file, map_ = tmp_path / "reported.csv", tmp_path / "labels.toml"
    file.write_text(REPORTED, "utf-8")
    map_.write_text('[labels]\nspam = "content"\n', "utf-8")
    return ["--reported", file, "--format", "csv", "--columns", "kind=event", "--columns", "label=class", "--map", map_]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello\n", "0 of 1 lines are events in the format postfix; the first that was not understood is line 1 "),
        (
            "Mar  2 08:00:05 out postfix/smtp[1]: AAAAA1: to=<eve@other.example>, relay=none, status=bounced (No)\n",
            "none of 1 events is about a recipient of this run; the first is about 'eve@other.example'",
        ),
    ],
)
def test_a_log_that_tells_nothing_of_the_run_passes_no_gate(run: Path, text: str, problem: str, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(text)
    done = fivefifty(
        "check", run, "--reported", log, "--format", "postfix", "--gate", "classifiers.code.wrongly_suppressed <= 99"
    )
    assert problem in complaint(done)
    assert not done.stdout


def test_what_another_system_reported_is_judged_and_what_joins_nothing_is_listed(
    run: Path, reported: list[object]
) -> None:
    done = fivefifty("check", run, *reported, "--gate", "classifiers.reported.wrongly_suppressed = 0")
    assert "Reported: 3 events about 3 recipients." in done.stdout
    assert "1 about recipients that are not in the books: nobody@plain.example" in done.stdout
    assert "1 repeated (the same event again): bob@plain.example" in done.stdout
    assert "9 recipients without any event: twelve/" in done.stdout
    assert (
        "1 line that could not be read:\n    1: line 7 ('frobnicated' is not a kind of event; known are:" in done.stdout
    )
    assert "): kim@freemail.example,frobnicated" in done.stdout
    assert "Reported: 1 hard bounce (8.3%)." in done.stdout
    assert "gate passed  classifiers.reported.wrongly_suppressed = 0" in done.stdout


def test_classes_that_nobody_knows_are_listed_and_judged_by_code(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "reported.csv"
    file.write_text(
        "email,event,bounce_type,response\nbob@plain.example,bounce,odd\x1b[2J,550 5.1.1 no\n"
        "eve@liar.example,bounce,hard,550 5.7.1 no\n",
        "utf-8",
    )
    done = fivefifty("check", run, "--reported", file, "--format", "csv")
    assert "Classes of unknown cause, judged by code; give their causes with --map: odd?[2J (1)\n" in done.stdout
    assert "Reported: 2 events about 2 recipients." in done.stdout


def test_reports_want_to_be_told_their_format(run: Path, reported: list[object]) -> None:
    sentence = complaint(fivefifty("check", run, *reported[:2]))
    assert sentence.startswith("--reported: comes without --format; add one of: postfix, ")


def test_a_rule_that_calls_every_550_dead_is_caught_with_the_names_of_the_living(run: Path, tmp_path: Path) -> None:
    rules, baseline = tmp_path / "rules.toml", tmp_path / "baseline.toml"
    words = "address rejected|mailbox disabled|does not exist"
    good = f'[[rule]]\nclass = "user-unknown"\nstage = "rcpt"\npattern = "{words}"\n'
    rules.write_text(good, "utf-8")
    classifier = ("--classifier", f"mine=rules:{rules}")
    gate = ("--gate", "classifiers.mine.wrongly_suppressed = 0")
    assert fivefifty("check", run, *classifier, *gate).returncode == PASSED
    fivefifty("baseline", "update", run, "--baseline", baseline, "--classifier", "mine")
    rules.write_text('[[rule]]\nclass = "user-unknown"\ncode = 550\n', "utf-8")
    done = fivefifty("check", run, *classifier, *gate, "--baseline", baseline)
    assert done.returncode == GATE_FAILED
    assert "gate FAILED  classifiers.mine.wrongly_suppressed = 3  (bound: = 0)" in done.stdout
    for name in ("eve@liar.example", "fay@liar.example", "hal@wary.example"):
        assert f"alive, suppressed: twelve/{name}: 550 " in done.stdout
    assert "baseline FAILED  mine: wrongly suppressed 0 -> 3" in done.stdout


def test_readings_that_a_failed_check_left_behind_are_not_taken_for_all(run: Path, tmp_path: Path) -> None:
    (tmp_path / "choosy.py").write_text(
        "from probe.classify import Reading\n\n\n"
        "def classify(evidence):\n"
        "    assert evidence.recipient[0] < 'f'\n"
        "    return Reading(None)\n",
        "utf-8",
    )
    mine = ("--classifier", "mine=python:choosy:classify")
    assert fivefifty("check", run, *mine, cwd=tmp_path).returncode == 4
    update = ("baseline", "update", run, "--baseline", tmp_path / "baseline.toml")
    because = "because the command that let it read did not end; judge the run with fivefifty check"
    books = run / "ledger.sqlite"
    assert complaint(fivefifty(*update)) == f"{books}: lacks readings of classifier mine, {because}"
    # A gate of the scenario is about text, so that it was to read as well.
    assert complaint(fivefifty("report", run)) == f"{books}: lacks readings of classifier text, {because}"
    (tmp_path / "choosy.py").write_text("from probe.classify import ByCode\nclassify = ByCode().classify\n", "utf-8")
    assert fivefifty("check", run, *mine, cwd=tmp_path).returncode == PASSED
    assert fivefifty(*update).returncode == PASSED
    assert fivefifty("report", run).returncode == PASSED
