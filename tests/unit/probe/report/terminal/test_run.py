"""The answer in a terminal of 80 columns and in a pipe."""

from __future__ import annotations

import io

import pytest
from report_content import content, gone, kept, lied
from rich.console import Console

from probe.report.terminal.run import print_answer
from probe.report.terminal.table import print_table
from probe.scenario.prices import MistakePrices

LONG = "rules/of_a_rather_long_name_and_path.toml"


def printed(
    *, width: int = 80, rules: str = "rules", prices: MistakePrices | None = None, terminal: bool = True
) -> str:
    """Print the answer about a few people."""
    made = content([lied("ann"), lied("bob", gateway="b" * 40), gone("cy"), kept("dee")], rules=rules, prices=prices)
    made.scorecard.classifiers[rules].retested = 12_345
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=width, color_system=None)
    print_answer(console, made.scorecard, [], "runs/x")
    return out.getvalue()


def tables(text: str) -> list[str]:
    """Return the lines of the tables: the second and the third paragraph."""
    return [line for part in text.split("\n\n")[1:3] for line in part.splitlines()[1:]]


def test_the_answer_stands_in_the_first_lines() -> None:
    assert printed().splitlines()[:4] == [
        "Of 4 recipients, 0 received the message.",
        "Reported: 3 hard bounces (75.0%).",
        "Really gone: 1 of them (33%).",
        "Alive: 2, refused for velocity (2) in replies that say: no such mailbox.",
    ]


@pytest.mark.parametrize("rules", ["rules", LONG])
def test_tables_fit_80_columns_with_retests_and_costs_and_no_figure_is_broken(rules: str) -> None:
    lines = tables(printed(rules=rules, prices=MistakePrices(living=123_456.78)))
    assert max(map(len, lines)) <= 80
    (first,) = (line for line in lines if line.startswith(rules[:5]))
    assert first.split()[1:] == ["1", "6.1-79.2%", "0", "0.0-79.3%", "12,345", "123,456.78"]


def test_a_long_name_is_folded_and_stays_whole() -> None:
    lines = tables(printed(rules=LONG))
    begin = next(number for number, line in enumerate(lines) if line.startswith("rules/"))
    folded = ""
    for line in lines[begin:]:
        folded += line.split(" ")[0]
        if folded.endswith(".toml"):
            break
    assert folded == LONG


def test_headings_of_several_lines_end_on_the_same_line() -> None:
    out = io.StringIO()
    print_table(Console(file=out, force_terminal=True, width=80, color_system=None), "", ["a", "two\nlines"], [])
    assert [line.rstrip() for line in out.getvalue().splitlines()[:2]] == ["     two", "a  lines"]


def test_there_is_a_column_for_retests_and_costs_only_where_there_are_any() -> None:
    made = content([lied("ann")])
    out = io.StringIO()
    print_answer(Console(file=out, width=80), made.scorecard, [], "runs/x")
    assert "retested" not in out.getvalue()
    assert "cost" not in out.getvalue()
    assert "retested" in printed()
    assert "cost" in printed(prices=MistakePrices(living=1))


def test_without_a_terminal_tables_are_plain_and_have_one_line_of_headings() -> None:
    text = printed(terminal=False, width=10_000, rules=LONG)
    assert text.isascii()
    assert "classifier                                 alive, suppressed  of all alive" in text
    assert any(line.startswith(f"{LONG}  ") for line in text.splitlines())
