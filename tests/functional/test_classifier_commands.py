"""The commands evaluate, explain and sensitivity, and fit without its extra, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fivefifty_command import PASSED, complaint, fivefifty

from probe.ledger import Ledger

SCENARIO = Path(__file__).parents[1] / "scenarios" / "twelve.toml"
STORY = """\
schema = 1
name = "small"
title = "A small campaign"
seed = 7
starts = 2026-03-02T08:00:00Z
[sender]
helo = "mta1.messenger.example"
return_path = "bounce.messenger.example"
ips = [{ address = "127.10.0.1" }]
rate = "1/1s"
[[campaign]]
name = "news"
message = "plain.eml"
[[gateway]]
name = "acme"
persona = "mimecast"
domains = ["acme.example"]
claims = { velocity = "user-unknown" }
mailboxes = { count = 120, departed = 0.05 }
[[gateway.policy]]
type = "velocity"
limit = "40/10m"
block_for = "20s"
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(STORY, "utf-8")
    (tmp_path / "plain.eml").write_bytes((SCENARIO.parent / "plain.eml").read_bytes())
    return file


def test_evaluate_prints_every_classifier_in_one_table(scenario: Path) -> None:
    done = fivefifty("evaluate", scenario, "--workers", 1)
    assert done.returncode == PASSED, done
    for words in (
        "Scenarios with disguised refusals",
        "code",
        "text",
        "always-keep",
        "code, retested",
        "text, retested",
        "context, retested",
        "second-hard, retested",
        "Where each classifier is the furthest behind code",
        "at any price",
        "Brier score",
        "mimecast",
    ):
        assert words in done.stdout


def test_evaluate_prints_figures_for_programs(scenario: Path) -> None:
    done = fivefifty("evaluate", scenario.parent, "--json")
    figures = json.loads(done.stdout)
    assert figures["schema"] == 1
    by = figures["with_lies"]
    assert by["code"]["suppressed"] > 10
    assert by["context"]["suppressed"] < by["code"]["suppressed"] / 5
    assert by["context, retested"]["suppressed"] < by["code"]["suppressed"] / 5
    assert figures["scenarios"]["small"]["retests"] > 0


def test_evaluate_compares_on_the_same_books_and_draws_the_frontier(scenario: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "frontier.svg"
    figures = json.loads(fivefifty("evaluate", scenario, "--json", "--plot", drawn).stdout)
    by = figures["with_lies"]
    assert by["code, retested"]["suppressed"] < by["code"]["suppressed"]
    assert by["always-keep"]["mean_missed"] == 1.0
    points = {each["name"]: each for each in figures["frontier"]}
    assert points["first-hard"]["lost"] == points["code"]["lost"]
    assert points["context, retested"]["cheapest"] == [0.0, None]
    assert points["always-keep"]["cheapest"] is None
    assert figures["worst"]["always-keep"]["missed"]["scenarios_far_above"] == 1
    assert figures["calibration"]["context"]["cases"] < by["code"]["living"]
    assert drawn.read_text("utf-8").startswith("<svg")


def test_evaluate_draws_scenarios_that_no_weights_were_fitted_on() -> None:
    figures = json.loads(fivefifty("evaluate", "--drawn", 1, "--json").stdout)
    (family,) = figures["families"].values()
    (drawn,) = figures["scenarios"].values()
    assert family == drawn
    assert figures["held_out"] == {}  # all vendors are made up


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--drawn", 1, "control"), "--drawn: makes its own scenarios"),
        (("--seed", 7), "--seed: belongs to --diagnose or --listed or --placement or --drawn"),
        (("--plot", "moon.gif"), "end the name in"),
    ],
)
def test_evaluate_refuses_options_that_do_not_go_together(options: tuple[str | int, ...], problem: str) -> None:
    assert problem in complaint(fivefifty("evaluate", *options))


def test_evaluate_names_a_folder_without_scenarios(tmp_path: Path) -> None:
    assert "holds no scenario" in complaint(fivefifty("evaluate", tmp_path))


def test_evaluate_runs_a_classifier_of_the_user(scenario: Path) -> None:
    rules = scenario.parent / "rules.toml"
    rules.write_text('[[rule]]\nname = "gone"\nclass = "user-unknown"\npattern = "invalid recipient"\n', "utf-8")
    done = fivefifty("evaluate", scenario, "--json", "--classifier", f"mine=rules:{rules}")
    with_lies = json.loads(done.stdout)["with_lies"]
    assert with_lies["mine"]["suppressed"] == with_lies["code"]["suppressed"] > 10
    assert "missing.toml" in complaint(fivefifty("evaluate", scenario, "--classifier", "rules:missing.toml"))


def test_evaluate_says_what_is_left_and_what_hid_it(scenario: Path) -> None:
    figures = json.loads(fivefifty("evaluate", scenario, "--json").stdout)
    wrong = figures["with_lies"]["context, retested"]
    left = [each["context, retested"] for each in figures["scenarios"]["small"]["left"].values()]
    assert sum(each["suppressed"] for each in left) == wrong["suppressed"]
    assert sum(each["missed"] for each in left) == wrong["missed"]


def test_sensitivity_varies_one_thing_and_draws_it(tmp_path: Path) -> None:
    drawn = tmp_path / "lies.svg"
    done = fivefifty("sensitivity", "--only", "campaigns before", "--plot", drawn, "--json")
    found = json.loads(done.stdout)["points"]
    assert [point["value"] for point in found] == ["0", "1", "2"]
    for point in found:
        assert point["wrong"]["context"]["suppressed"] < point["wrong"]["code"]["suppressed"] / 10
        assert point["wrong"]["context, retested"]["missed"] < point["gone"] / 4
    assert drawn.read_text("utf-8").startswith("<svg")


def test_sensitivity_names_what_can_be_varied() -> None:
    assert "use one of share of lies" in complaint(fivefifty("sensitivity", "--only", "the moon"))
    assert "end the name in" in complaint(fivefifty("sensitivity", "--plot", "moon.gif"))


def test_evaluate_refuses_a_scenario_or_a_name_that_occurs_twice(scenario: Path) -> None:
    once, twice = (fivefifty("evaluate", *files, "--json").stdout for files in ([scenario], [scenario, scenario]))
    assert once == twice
    other = scenario.with_name("other.toml")
    other.write_text(scenario.read_text("utf-8"), "utf-8")
    assert "is called small, and so is" in complaint(fivefifty("evaluate", scenario.parent))


def test_explain_tells_a_verdict_from_the_first_attempt_to_the_reasons(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    fivefifty("run", scenario, "--transport", "memory", "--out", out, "--classifier", "context")
    with Ledger.open(out) as ledger:
        refused = next(row for row in ledger.attempts() if row.outcome == "refused")
    done = fivefifty("explain", out, "--recipient", refused.recipient)
    assert done.returncode == PASSED, done
    for words in ("refused at rcpt", "Invalid Recipient", "a gateway of Mimecast", "Log odds", "advice", "reasons"):
        assert words in done.stdout
    assert "truth" not in done.stdout


def test_explain_names_an_unknown_recipient(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    fivefifty("run", scenario, "--transport", "memory", "--out", out)
    assert "not found in" in complaint(fivefifty("explain", out, "--recipient", "x@y.example"))
