"""Whole scenarios in tests: by path, text or table, with the figures and the gates they come to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import inner_pytest
import pytest
from small_scenario import SCENARIO, bent

from probe.input_error import InputError
from probe.ledger import Ledger
from probe.testing.lab import LabFixture, RunDefaults, ScenarioRun

GATES: Final = """
[expect]
hard_bounce_rate = { max = 0.05 }
delivered = { min = 10 }
classifiers.code.wrongly_suppressed = { equals = 0 }
classifiers.always-keep.missed_dead_rate = { max = 0.5 }
"""
MAX: Final = "max_sanchez@acme.example (departed): refused for user-unknown: 550 5.1.1 'User Unknown'"
SPAM: Final = "From: news@sender.example\nSubject: Free!! Act now\n\nClick here: http://192.0.2.7/?utm_source=x\n"


@pytest.fixture
def own(pytester: pytest.Pytester, small_scenario: str, tmp_path: Path) -> LabFixture:
    """Return a lab whose files are those of a small scenario."""
    del small_scenario
    runs = iter(range(100))
    return LabFixture(pytester.path, lambda: tmp_path / f"run{next(runs)}", RunDefaults())


def dead(text: str = SCENARIO) -> str:
    """Return the scenario with four of its ten recipients gone."""
    return bent("mailboxes = { count = 20, departed = 0.1 }", "mailboxes = { count = 10, departed = 0.4 }", text)


def test_a_scenario_is_given_by_path_text_or_table(own: LabFixture, pytester: pytest.Pytester) -> None:
    given: list[Any] = [
        "small.toml",
        Path("small.toml"),
        pytester.path / "small.toml",
        SCENARIO,
        tomllib.loads(SCENARIO),
    ]
    runs = [own.run(each) for each in given]
    assert len({run.scorecard.books for run in runs}) == 1
    assert [(run.name, run.passed, run.gates) for run in runs] == [("small", True, ())] * len(given)
    assert len({run.folder for run in runs}) == len(given)


def test_a_shipped_scenario_is_given_by_its_name(own: LabFixture) -> None:
    assert own.run("listing_lifted").name == "listing-lifted"
    with pytest.raises(InputError, match=r"^listing_liftd: .*; did you mean listing_lifted\? "):
        own.run("listing_liftd")


def test_both_transports_write_the_same_books(own: LabFixture) -> None:
    runs = [own.run("small.toml", transport="memory"), own.run("small.toml", transport="tcp")]
    assert [run.scorecard.transport for run in runs] == ["memory", "tcp"]
    assert runs[0].scorecard.books == runs[1].scorecard.books


def test_a_seed_and_classifiers_are_taken_from_the_test_or_else_from_the_command_line(
    own: LabFixture, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    told = LabFixture(pytester.path, lambda: tmp_path / "told", RunDefaults("tcp", 8, ("text",)))
    plain, by_line, by_test = own.run("small.toml"), told.run("small.toml"), told.run(
        "small.toml", transport="memory", seed=9, classifiers=["code"]
    )  # fmt: skip
    cards = [run.scorecard for run in (plain, by_line, by_test)]
    assert [(card.transport, card.seed, list(card.classifiers)) for card in cards] == [
        ("memory", 7, ["code", "text", "always-keep"]),
        ("tcp", 8, ["text"]),
        ("memory", 9, ["code"]),
    ]


def test_the_books_of_a_run_can_be_read(own: LabFixture) -> None:
    with Ledger.open(own.run("small.toml").folder) as books:
        assert books.complete
        assert len(list(books.truths())) == 10


async def test_a_scenario_runs_in_an_asynchronous_test(own: LabFixture) -> None:
    assert own.run("small.toml", transport="tcp").scorecard.recipients == 10


def failure(run: ScenarioRun) -> str:
    """Return what is said when its gates failed."""
    with pytest.raises(AssertionError) as failed:
        run.assert_passed()
    return str(failed.value)


def test_gates_that_did_not_hold_say_figure_bound_and_whom_they_are_about(own: LabFixture) -> None:
    run = own.run(dead() + GATES)
    assert not run.passed
    assert [gate.passed for gate in run.gates] == [False, False, True, False]
    assert failure(run) == (
        "Gate hard_bounce_rate of scenario small failed.\n"
        "  figure  40%\n"
        "  bound   <= 5%\n"
        "  4 are reported as hard bounces:\n"
        f"    4 at acme, such as {MAX}\n"
        "Gate delivered of scenario small failed.\n"
        "  figure  6\n"
        "  bound   >= 10\n"
        "  4 are not reached:\n"
        f"    4 at acme, such as {MAX}\n"
        "Gate classifiers.always-keep.missed_dead_rate of scenario small failed.\n"
        "  figure  100%\n"
        "  bound   <= 50%\n"
        "  4 are gone, and kept by always-keep:\n"
        f"    4 at acme, such as {MAX}\n"
        f"The books are in {run.folder}."
    )


def test_the_living_that_a_classifier_would_suppress_are_shown_where_most_of_them_are(
    own: LabFixture, pytester: pytest.Pytester
) -> None:
    (pytester.path / "news.eml").write_text(SPAM, "utf-8")
    many = bent('domains = ["acme.example"]', "companies = 8", bent("count = 10 }", "count = 20 }"))
    run = own.run(many + "\n[expect.classifiers.code.wrongly_suppressed]\nmax = 2\n")
    text = failure(run).replace(str(run.folder), "FOLDER")
    lines = text.splitlines()
    assert lines[:4] == [
        "Gate classifiers.code.wrongly_suppressed of scenario small failed.",
        "  figure  19",
        "  bound   <= 2",
        "  19 are alive, and suppressed by code:",
    ]
    assert [line.split(",")[0] for line in lines[4:9]] == [
        "    8 at acme-1",
        "    3 at acme-2",
        "    2 at acme-3",
        "    2 at acme-4",
        "    1 at acme-5",
    ]
    assert lines[9:] == ["    and more at 3 other gateways", "The books are in FOLDER."]
    assert all("(present): refused for content, claimed as user-unknown: 550 5.1.1" in line for line in lines[4:9])


@pytest.mark.parametrize(
    ("figure", "whom"),
    [
        ("truth.recipient_fault", "4 are gone, and reported as hard bounces:"),
        ("truth.disguised", "6 are alive, and reported as hard bounces:"),
        ("truth.misread", "6 are alive, and reported as hard bounces:"),
        ("truth.by_cause.content.refused", "10 are refused for content:"),
        ("truth.by_cause.virus.refused", None),
        ("gateways.acme.gone", "10 are not reached at acme:"),
        ("campaigns.news.delivered", "10 are not reached in news:"),
        ("classifiers.code.precision", "6 are alive, and suppressed by code:"),
        ("classifiers.code.recall", None),
        ("classifiers.always-keep.recall", "4 are gone, and kept by always-keep:"),
        ("attempts", "10 are not reached:"),
    ],
)
def test_every_figure_is_about_somebody(
    figure: str, whom: str | None, own: LabFixture, pytester: pytest.Pytester
) -> None:
    (pytester.path / "news.eml").write_text(SPAM, "utf-8")
    run = own.run(f"{dead()}\n[expect]\n{figure} = {{ equals = 77 }}\n")
    lines = run.failures()[figure].splitlines()
    assert lines[2] in ("  bound   = 77", "  bound   = 7700%")
    assert lines[3:4] == ([f"  {whom}"] if whom else [])


def test_gates_that_held_are_no_failure(own: LabFixture) -> None:
    run = own.run(SCENARIO + "\n[expect]\nhard_bounce_rate = { max = 1 }\n")
    run.assert_passed()
    assert run.failures() == {}


@pytest.mark.parametrize(
    ("scenario", "settings", "sentence"),
    [
        ("none.toml", {}, "none.toml: cannot be read (No such file or directory); check the file name and its "),
        (
            "a\n= b",
            {},
            "the scenario in the test: is not valid TOML (Expected '=' after a key in a key/value pair (at ",
        ),
        (
            bent("seed = 7", "seeed = 7"),
            {},
            "the scenario in the test: seeed: is not a known key; did you mean seed?",
        ),
        (SCENARIO, {"transport": "pigeon"}, "transport='pigeon': is not a transport; use one of: memory, tcp"),
        (SCENARIO, {"classifiers": ["tea"]}, "classifier tea: is not a classifier; use one of: code, text, "),
    ],
)
def test_what_cannot_be_run_is_told_in_one_sentence(
    scenario: str, settings: dict[str, Any], sentence: str, own: LabFixture, pytester: pytest.Pytester
) -> None:
    with pytest.raises(InputError) as mistake:
        own.run(scenario, **settings)
    assert str(mistake.value).startswith(sentence)
    assert "\n" not in str(mistake.value)


def test_scorecards_of_one_scenario_come_from_one_run(pytester: pytest.Pytester, small_scenario: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.scenario("{small_scenario}")
        class TestTogether:
            def test_one(self, scorecard):
                scorecard.scenario = "seen"

            def test_other(self, scorecard):
                assert scorecard.scenario == "seen"

        @pytest.mark.scenario("{small_scenario}", seed=8, transport="tcp", classifiers=["code"])
        def test_otherwise(scorecard):
            assert (scorecard.scenario, scorecard.seed, scorecard.transport) == ("small", 8, "tcp")
            assert list(scorecard.classifiers) == ["code"]

        @pytest.mark.parametrize("scorecard", ["{small_scenario}"], indirect=True)
        def test_by_parameter(scorecard):
            assert scorecard.scenario == "seen"
        """
    )
    inner_pytest.run(pytester).assert_outcomes(passed=4)


def test_a_scorecard_without_a_proper_scenario_is_an_error_of_one_sentence(
    pytester: pytest.Pytester, small_scenario: str
) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        def test_none(scorecard):
            pass

        @pytest.mark.scenario("{small_scenario}", seeds=8)
        def test_misspelt(scorecard):
            pass

        @pytest.mark.scenario("{small_scenario}", "other.toml")
        def test_two(scorecard):
            pass

        @pytest.mark.scenario("none.toml")
        def test_missing(scorecard):
            pass

        @pytest.mark.fivefifty(persona="acme")
        def test_persona(gateway):
            pass

        @pytest.mark.fivefifty("mimecast", person="acme")
        def test_marker(gateway):
            pass
        """
    )
    done = inner_pytest.run(pytester)
    done.assert_outcomes(errors=6)
    known = "transport, seed, classifiers"
    sentences = [
        'scorecard: the test names no scenario; mark it with @pytest.mark.scenario("scenarios/x.toml")',
        f"@pytest.mark.scenario: does not take seeds; use a path, {known}",
        f"@pytest.mark.scenario: does not take 'other.toml'; use a path, {known}",
        "none.toml: cannot be read (No such file or directory); check the file name and its permissions",
        "gateway(persona='acme'): 'acme' is not a persona; use one of: *, mimecast, *, a file that ends in .toml",
        "@pytest.mark.fivefifty: does not take 'mimecast', person; use persona, scenario, name, host, lmtp, thread",
    ]
    done.stdout.fnmatch_lines(
        [line for each in sentences for line in ("___* ERROR at setup of *", each)], consecutive=False
    )
    assert "Traceback" not in done.stdout.str()
