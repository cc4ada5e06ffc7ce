"""``[sender.diagnose]``: the sender asks about doubtful recipients during the run, at a rate and within a budget."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from fivefifty_command import fivefifty
from small_scenario import MESSAGE, SCENARIO, bent

from probe.cli.exit_codes import Exit
from probe.ledger import Ledger
from probe.records.parts import hash_list
from probe.records.rows import Probe

STORY: Final = Path(__file__).parents[2] / "scenarios" / "diagnosis" / "ask_before_you_suppress.toml"
LISTED: Final = bent(
    'ips = [{ address = "127.10.0.1" }]\n',
    'ips = [{ address = "127.10.0.1", listed = [{ zone = "bl.example.net" }] }, '
    '{ address = "127.11.0.1", share = 0.000001 }]\ndiagnose = { rate = "20/1h", experiments = 30 }\n',
    SCENARIO.replace('claims = { content = "user-unknown" }', 'claims = { ip-reputation = "user-unknown" }')
    .replace('persona = "proofpoint"', 'persona = "cisco-esa"')
    .replace("count = 20, departed = 0.1 ", "count = 20, departed = 0.2 ")
    .replace('type = "content"', 'type = "ip-reputation"\n  zones = ["bl.example.net"]\n  at = "rcpt"'),
)
"""A gateway that refuses a listed address, as if no recipient existed."""


def run(folder: Path, name: str, text: str, *options: object) -> Path:
    """Run a scenario, and return the folder of its books."""
    (folder / "small.toml").write_text(text, "utf-8")
    (folder / "news.eml").write_text(MESSAGE, "utf-8")
    done = fivefifty("run", "small.toml", "--out", name, "--classifier", "context", *options, cwd=folder)
    assert done.returncode == Exit.PASSED, done.stderr
    return folder / name


def probes(books: Path) -> list[Probe]:
    """Return the experiments of a run with one lane."""
    with Ledger.open(books) as ledger:
        (lane,) = ledger.lanes()
        return list(lane.probes())


@pytest.mark.parametrize("at", ["rcpt", "connect"])
def test_both_transports_write_the_same_books_and_the_judge_finds_them_whole(at: str, tmp_path: Path) -> None:
    text = LISTED.replace('at = "rcpt"', f'at = "{at}"')
    hashes = []
    for transport in ("memory", "tcp"):
        books = run(tmp_path, transport, text, "--transport", transport)
        with Ledger.open(books) as ledger:
            hashes.append(list(hash_list(ledger.hashes())))
    assert hashes[0] == hashes[1]
    assert any("probe/acme" in line for line in hashes[0])


def test_experiments_are_no_deliveries_and_their_answers_are_evidence(tmp_path: Path) -> None:
    asked = run(tmp_path, "asked", LISTED, "--transport", "memory")
    card = json.loads((asked / "scorecard.json").read_text("utf-8"))
    silent = LISTED.replace('diagnose = { rate = "20/1h", experiments = 30 }', "")
    plain = run(tmp_path, "plain", silent, "--transport", "memory")
    without = json.loads((plain / "scorecard.json").read_text("utf-8"))
    for figure in ("recipients", "attempts", "hard_bounces_reported", "truth", "returned"):
        assert card[figure] == without[figure], figure
    assert card["classifiers"]["context"]["wrongly_suppressed"] == 0
    assert card["classifiers"]["context"]["missed_dead"] < without["classifiers"]["context"]["missed_dead"]
    assert not probes(plain)


def test_rate_and_budget_are_kept(tmp_path: Path) -> None:
    made = probes(run(tmp_path, "run", LISTED.replace("experiments = 30", "experiments = 5"), "--transport", "memory"))
    assert 1 <= len(made) <= 5
    assert all(after.at - before.at >= 180.0 for before, after in pairwise(made))
    with Ledger.open(tmp_path / "run") as ledger:
        first = min(attempt.at for attempt in ledger.attempts())
    assert made[0].at >= first + 3600.0


def test_the_rows_of_an_unfinished_lane_are_written_anew(tmp_path: Path) -> None:
    books = run(tmp_path, "run", LISTED, "--transport", "memory")
    before = probes(books)
    with Ledger.open(books) as ledger:
        digest = ledger.digest()
        ledger.delete_unfinished(["acme"], ["acme"])
        assert not ledger.count(Probe)
        ledger.note("complete", "no")
        ledger.note("lane acme", "[]")
    run(tmp_path, "run", LISTED, "--transport", "memory", "--resume")
    assert probes(books) == before
    with Ledger.open(books) as ledger:
        assert ledger.digest() == digest


def test_what_was_asked_during_the_run_is_not_asked_again(tmp_path: Path) -> None:
    run(tmp_path, "run", LISTED, "--transport", "memory")
    done = fivefifty("diagnose", "run", "--doubtful", cwd=tmp_path)
    assert done.returncode == Exit.INPUT_WRONG
    assert "has asked about its doubtful recipients during the run" in done.stderr


def test_real_time_and_a_campaign_called_as_experiments_are_are_refused(tmp_path: Path) -> None:
    (tmp_path / "news.eml").write_text(MESSAGE, "utf-8")
    for text, sentence in (
        (bent("seed = 7", 'seed = 7\nclock = "wall"', LISTED), "which is for simulated time"),
        (bent('name = "news"', 'name = "diagnosis"', LISTED), "a campaign is called diagnosis"),
    ):
        (tmp_path / "small.toml").write_text(text, "utf-8")
        done = fivefifty("scenario", "check", "small.toml", cwd=tmp_path)
        assert done.returncode == Exit.INPUT_WRONG
        assert sentence in done.stderr


def test_the_story_shows_what_asking_saves_against_a_retest(tmp_path: Path) -> None:
    done = fivefifty("run", STORY, "--transport", "memory", "--out", tmp_path / "run")
    assert done.returncode == Exit.PASSED, done.stdout
    scores = json.loads((tmp_path / "run" / "scorecard.json").read_text("utf-8"))["classifiers"]
    lost = {name: scores[name]["wrongly_suppressed"] for name in scores}
    missed = {name: scores[name]["missed_dead"] for name in scores}
    assert lost["context-diagnosed"] == lost["context-retested"] == 0 < lost["code"]
    assert missed["context-diagnosed"] < missed["context-retested"] <= missed["context-at-first"]
