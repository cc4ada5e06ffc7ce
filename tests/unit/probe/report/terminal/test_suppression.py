"""How it is told which suppression policy to run: the sentence, the tables, and names that could command a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from probe.report.terminal.suppression import answer, print_policies, warnings
from probe.studies.suppression.cheapest import MessagePrices
from probe.studies.suppression.replay import MessageErrors, PolicyOutcome


def outcome(policy: str, missed: int, dead: int, reader: str = "code", campaigns: int = 2) -> PolicyOutcome:
    """Return what a policy comes to, all of it in the last campaign."""
    parts = {f"campaign-{n}": MessageErrors(1000, 0, 200) for n in range(1, campaigns)}
    return PolicyOutcome(policy, reader, {**parts, "last": MessageErrors(1000, missed + 1, 200, dead, missed)})


def printed(*outcomes: PolicyOutcome, prices: MessagePrices | None = None, complete: bool = True) -> list[str]:
    """Return the lines that are printed, without blanks at their ends."""
    file = io.StringIO()
    print_policies(Console(width=80, file=file), outcomes, prices, complete=complete)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        (
            [outcome("never", 0, 100), outcome("first-hard", 60, 10)],
            (
                "Run first-hard if a message that a living reader misses costs less than 1.5 messages to the gone, "
                "never beyond."
            ),
        ),
        (
            [outcome("never", 0, 900), outcome("second-hard", 20, 30), outcome("first-hard", 60, 10)],
            (
                "Run first-hard if a message that a living reader misses costs less than 0.5 messages to the gone, "
                "second-hard up to 44, never beyond."
            ),
        ),
        (
            [outcome("never", 0, 100), outcome("grey-7-days", 0, 10), outcome("first-hard", 5, 10)],
            "Run grey-7-days, at any price: no other loses fewer messages to the living or sends fewer to the gone.",
        ),
        (
            [outcome("never", 0, 10), outcome("three-hard", 0, 10)],
            "It makes no difference here: all policies skip the same messages.",
        ),
        (
            [outcome("never", 0, 100), outcome("first-hard", 60, 10), outcome("classifier-gated", 6, 10, "mine")],
            (
                "Run classifier-gated by mine if a message that a living reader misses costs less than 15 "
                "messages to the gone, never beyond."
            ),
        ),
        (
            [outcome("first-hard", 60, 10)],
            "Run first-hard, at any price: no other loses fewer messages to the living or sends fewer to the gone.",
        ),
    ],
    ids=["two", "three", "one is best", "all alike", "several readers", "only one"],
)
def test_without_prices_the_answer_says_which_policy_at_which_price(
    outcomes: list[PolicyOutcome], sentence: str
) -> None:
    assert answer(outcomes, None) == sentence


def test_with_prices_the_cheapest_comes_first_in_the_answer_and_in_the_table() -> None:
    prices = MessagePrices(living=10, dead=1)
    outcomes = [outcome("first-hard", 60, 10), outcome("never", 0, 100), outcome("three-hard", 4, 60)]
    lines = printed(*outcomes, prices=prices)
    assert lines[0] == (
        "Run three-hard or never: at 10 for a message that a living reader misses and 1 for one to the gone it costs "
        "100.00; next comes first-hard at 610.00."
    )
    rows = [line.split() for line in lines]
    assert ["three-hard", "5", "(4)", "0.1-0.6%", "60", "11.8-18.8%", "100.00"] in rows
    assert [row[0] for row in rows if row and row[0] in {"first-hard", "never", "three-hard"}][:3] == [
        "three-hard", "never", "first-hard",
    ]  # fmt: skip


def test_a_plain_rule_that_does_no_worse_than_a_cleverer_one_is_named() -> None:
    outcomes = [
        outcome("second-hard", 10, 30),
        outcome("classifier-gated", 20, 40, "mine"),
        outcome("three-hard", 10, 50, "mine"),
        outcome("grey-7-days", 5, 60, "mine"),
    ]
    sentence = (
        "second-hard by code is better than classifier-gated by mine and three-hard by mine: it loses no more messages "
        "to the living, sends no more to the gone, and takes no more retests."
    )
    assert warnings(outcomes) == [sentence]
    assert sentence in " ".join(printed(*outcomes))
    assert warnings(outcomes[::3]) == []
    (other,) = warnings([outcome("never", 0, 40), outcome("second-hard", 20, 40, "mine")])
    assert other.startswith("never is better than second-hard by mine: ")


def test_of_many_campaigns_the_last_are_shown() -> None:
    lines = printed(outcome("never", 0, 100, campaigns=9), outcome("first-hard", 60, 10, campaigns=9))
    assert "By campaign, the last 4 of 9: living, not mailed / gone, mailed" in lines
    assert ["policy", "campaign-6", "campaign-7", "campaign-8", "last"] in [line.split() for line in lines]
    assert max(map(len, lines[1:])) <= 80


def test_a_run_that_was_cut_off_is_told_so_first() -> None:
    assert printed(outcome("never", 0, 1), complete=False)[0].startswith("This run is incomplete: ")


def test_names_of_others_cannot_command_the_terminal() -> None:
    lines = printed(outcome("python:\x1b[2J:\x07", 1, 1, "\x9b2J"), outcome("never", 0, 3))
    assert not {"\x1b", "\x07", "\x9b"} & set("".join(lines))
