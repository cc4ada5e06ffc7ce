"""The command that says which suppression policy to run, on the books of a run whose every answer is known.

Ann is there, Bob is gone, Dan's mailbox is full. Four newsletters, ten days apart; while the second and the third go
out the gateway calls every recipient unknown. So Ann has delivered, hard, hard, delivered, Bob four hard bounces, and
Dan soft, hard, hard, soft: 8 messages to the living, 4 to the gone.
"""

from __future__ import annotations

import json
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import pytest
import small_scenario
from fivefifty_command import PASSED, complaint, fivefifty

from probe.input_error import InputError
from probe.studies.suppression.policies import POLICIES
from probe.studies.suppression.run import policy_named

FOUR = """\
schema = 1
name = "four"
title = "Four newsletters"
seed = 7
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "10/1s"
retry = { first = "1h", give_up_after = "2h" }

[[campaign]]
name = "march"
message = "news.eml"

[[campaign]]
name = "april"
message = "news.eml"
at = "10d"

[[campaign]]
name = "may"
message = "news.eml"
at = "20d"

[[campaign]]
name = "june"
message = "news.eml"
at = "30d"

[[gateway]]
name = "acme"
persona = "postfix"
domains = ["acme.example"]

  [[gateway.policy]]
  type = "recipient-verification"
  failing = "unknown"
  from = "9d"
  until = "21d"

  [[gateway.mailbox]]
  address = "ann@acme.example"

  [[gateway.mailbox]]
  address = "bob@acme.example"
  state = "departed"

  [[gateway.mailbox]]
  address = "dan@acme.example"
  state = "full"
"""

LATE_POLICY = """\
from __future__ import annotations

calls = 0


def only_after(past, at, /):
    \"\"\"Suppress after a hard bounce of the latest message.\"\"\"
    return bool(past) and past[-1].hard


class Named:
    @staticmethod
    def always(past, at, /):
        return True


number = 5
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the four newsletters once; return the folder."""
    folder = tmp_path_factory.mktemp("four")
    scenario = small_scenario.write(folder, FOUR)
    done = fivefifty("run", scenario, "--transport", "memory", "--out", folder / "run")
    assert (done.returncode, done.stderr) == (PASSED, "")
    return folder / "run"


def figures(run: Path, tmp_path: Path, *arguments: str, cwd: Path | None = None) -> dict[str, Any]:
    """Return what the command writes as JSON."""
    done = fivefifty("suppression", run, "--json", *arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (PASSED, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(lines: list[str]) -> list[str]:
    """Return the rows of the first table."""
    first = next(n for n, line in enumerate(lines) if line.startswith(" ─")) + 1
    return list(takewhile(str.strip, lines[first:]))


def test_every_figure_is_the_one_worked_out_by_hand(run: Path, tmp_path: Path) -> None:
    found = figures(run, tmp_path)
    by_name = {each["policy"]: each for each in found["policies"]}
    assert {
        name: tuple(each[what] for what in ("lost", "lost_delivered", "dead", "losers"))
        for name, each in by_name.items()
    } == {
        # From may on both living get nothing; of the four messages only Ann's in june was delivered before.
        "first-hard": (4, 1, 1, 2),
        # From june on.
        "second-hard": (2, 1, 2, 2),
        # Ten days are longer than the grey list: the same.
        "grey-7-days": (2, 1, 2, 2),
        # Bob's fourth message alone.
        "three-hard": (0, 0, 3, 0),
        # Three over twenty days, for Bob, and for Dan, whose bounces were soft, hard, hard.
        "three-in-a-row": (1, 0, 3, 1),
        "never": (0, 0, 4, 0),
    }
    assert {(each["living"], each["gone"], each["classifier"]) for each in by_name.values()} == {(8, 4, "code")}
    assert by_name["first-hard"]["campaigns"]["may"] == {
        "living": 2, "gone": 1, "lost": 2, "lost_delivered": 0, "dead": 0, "retests": 0,
        "lost_rate": 1.0, "lost_interval": [0.34238, 1.0], "dead_rate": 0.0, "dead_interval": [0.0, 0.793451],
    }  # fmt: skip


def test_the_answer_comes_first_in_one_sentence_and_fits_a_terminal(run: Path) -> None:
    done = fivefifty("suppression", run)
    assert (done.returncode, done.stderr) == (PASSED, "")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    # first-hard (1 dead, 1 missed) and three-hard (3 dead, none missed) cost the same at 2.
    assert lines[0] == (
        "Run first-hard if a message that a living reader misses costs less than 2 messages to the gone, "
        "three-hard or three-in-a-row beyond."
    )
    assert max(map(len, lines[1:])) <= 80
    assert "Of 8 messages to the living and 4 to the gone (95 % intervals)" in lines
    assert [line.split()[:3] for line in rows(lines)] == [
        ["first-hard", "4", "(1)"],
        ["grey-7-days", "2", "(1)"],
        ["second-hard", "2", "(1)"],
        ["three-hard", "0", "(0)"],
        ["three-in-a-row", "1", "(0)"],
        ["never", "0", "(0)"],
    ]


def test_prices_put_the_cheapest_first(run: Path, tmp_path: Path) -> None:
    found = figures(run, tmp_path, "--price", "living=1", "--price", "dead=2")
    assert found["answer"] == (
        "Run first-hard: at 1 for a message that a living reader misses and 2 for one to the gone it costs 3.00; "
        "next comes grey-7-days or second-hard at 5.00."
    )
    assert {each["policy"]: each["cost"] for each in found["policies"]}["never"] == 8
    output = fivefifty("suppression", run, "--price", "living=10,dead=1").stdout.splitlines()
    assert output[0].startswith("Run three-hard or three-in-a-row: at 10 ")
    assert [line.split()[0] for line in rows(output)] == [
        "three-hard",
        "three-in-a-row",
        "never",
        "first-hard",
        "grey-7-days",
        "second-hard",
    ]


def test_several_readers_are_told_apart(run: Path) -> None:
    output = fivefifty("suppression", run, "--classifier", "code", "--classifier", "text").stdout
    assert "first-hard by code" in output
    assert "classifier-gated by" in output


def test_policies_are_tried_as_they_are_named_and_no_others(run: Path, tmp_path: Path) -> None:
    found = figures(run, tmp_path, "--policy", "never", "--policy", "classifier-gated")
    assert [each["policy"] for each in found["policies"]] == ["never", "classifier-gated"]
    assert found["policies"][1]["lost"] == 4


def test_a_policy_of_ones_own_is_imported_from_where_the_command_is_started(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(LATE_POLICY, "utf-8")
    wanted = ("--policy", "python:mine:only_after", "--policy", "python:mine:Named.always")
    found = figures(run, tmp_path, *wanted, cwd=tmp_path)
    late, always = found["policies"]
    # After april's bounce nothing more is sent, so there are no more results.
    assert (late["lost"], late["dead"]) == (4, 1)
    assert (always["lost"], always["dead"]) == (8, 0)


def test_all_alike_is_said_to_be_alike(run: Path, tmp_path: Path) -> None:
    found = figures(run, tmp_path, "--policy", "second-hard", "--policy", "grey-7-days")
    assert found["answer"] == "It makes no difference here: all policies skip the same messages."


def test_the_shipped_scenario_tells_every_policy_from_every_other(tmp_path: Path) -> None:
    scenario = Path(__file__).parents[2] / "scenarios" / "which_policy.toml"
    fivefifty("run", scenario, "--transport", "memory", "--out", tmp_path / "run")
    found = figures(tmp_path / "run", tmp_path)
    by_lost = sorted(found["policies"], key=lambda each: -each["lost"])
    assert [each["policy"] for each in by_lost] == [
        "first-hard", "second-hard", "grey-7-days", "three-hard", "three-in-a-row", "never",
    ]  # fmt: skip
    assert all(one["dead"] < other["dead"] for one, other in pairwise(by_lost))


def test_a_run_of_one_campaign_is_told_what_it_lacks(tmp_path: Path) -> None:
    fivefifty("run", small_scenario.write(tmp_path), "--transport", "memory", "--out", tmp_path / "run")
    output = complaint(fivefifty("suppression", tmp_path / "run"))
    assert output == (
        f"{tmp_path / 'run'}: holds one campaign, and a policy makes a difference only in the campaigns after a "
        'bounce; give its scenario another [[campaign]], with at = "30d" or the like'
    )


def test_an_unknown_policy_is_an_error_that_names_the_known_ones(run: Path) -> None:
    output = complaint(fivefifty("suppression", run, "--policy", "first"))
    known = ", ".join(POLICIES)
    assert output == f"--policy first: is not a policy; use one of: {known}, python:package.module:attribute"


@pytest.mark.parametrize("words", [["--json", "policies.json"], ["--json=policies.json"]])
def test_a_file_behind_json_is_told_that_the_figures_go_to_standard_output(run: Path, words: list[str]) -> None:
    output = complaint(fivefifty("suppression", run, *words))
    assert output.endswith("; --json prints to standard output; write: --json > FILE")


def test_a_policy_that_does_not_take_what_it_is_given_is_told(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(LATE_POLICY, "utf-8")
    output = complaint(fivefifty("suppression", run, "--policy", "python:mine:Named", cwd=tmp_path))
    assert output.startswith("--policy python:mine:Named: failed (TypeError: ")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("python:module_of_mine", "is not a policy; use one of: "),
        (
            "python:module_of_mine:absent",
            (
                "cannot be imported (AttributeError: module 'module_of_mine' has no attribute 'absent'); "
                "correct the name or the module, which is looked for among installed packages, then in "
            ),
        ),
        ("python:nowhere:policy", "cannot be imported (ModuleNotFoundError: No module named 'nowhere'); "),
        ("python:module_of_mine:number", "cannot be called; name a function that takes the history of an address"),
    ],
)
def test_a_policy_that_cannot_be_had_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, problem: str
) -> None:
    (tmp_path / "module_of_mine.py").write_text(LATE_POLICY, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError) as output:
        policy_named(name)
    assert str(output.value).startswith(f"--policy {name}: {problem}")
