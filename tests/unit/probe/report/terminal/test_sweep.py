"""The printed answer of a sweep: sentences, table and CSV rows."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from sweep_result import sweep_result

from probe.report.terminal.sweep import heading, print_sweep, row, sentences
from probe.studies.sweep.break_points import HARD_BOUNCES, MISSED_DEAD, Bound


def test_a_sentence_names_where_a_classifier_breaks_or_that_it_keeps_the_bound() -> None:
    found = sweep_result(["gateway.acme.lies=0:0.4:0.1"], [0.0, 0.009, 0.0345, 0.04, 0.05])
    assert list(sentences(found)) == [
        (
            "code breaks at gateway.acme.lies = 0.2: 3.45% wrongly suppressed, beyond 1% (0.9% at 0.1), "
            "as at 3 of 5 points."
        ),
        "none stays within 1% wrongly suppressed: 0% at most.",
    ]


@pytest.mark.parametrize(
    ("varied", "wrong", "sentence"),
    [
        (
            ["lies=0,1"],
            [0.02, 0.03],
            "code breaks at lies = 0: 2% wrongly suppressed, beyond 1%, as at 2 of 2",
        ),
        (["lies=0,1"], [0.002, 0.003], "code stays within 1% wrongly suppressed: 0.3% at most at lies = 1."),
        (["seed=1..2"], [0.02, 0.03], "code breaks: 2.5% wrongly suppressed, beyond 1%."),
        (["seed=1..2"], [0.002, 0.002], "code stays within 1% wrongly suppressed: 0.2% at most."),
        (
            ["lies=0,1", "rate=1/1s,2/1s"],
            [0.0, 0.0, 0.0, 0.5],
            "code breaks at lies = 1, rate = 2/1s: 50% wrongly suppressed, beyond 1%, as at 1 of 4 points.",
        ),
    ],
)
def test_a_break_point_is_one_sentence(varied: list[str], wrong: list[float], sentence: str) -> None:
    assert next(sentences(sweep_result(varied, wrong))).startswith(sentence)


def test_hard_bounces_are_reported_once_as_they_depend_on_no_classifier() -> None:
    found = sweep_result(["lies=0,1"], [0.0, 0.0], (Bound(HARD_BOUNCES, 0.02), Bound(MISSED_DEAD, 0.3)))
    assert [line.partition(":")[0] for line in sentences(found)] == [
        "the sending breaks at lies = 0",
        "code stays within 30% missed dead",
        "none breaks at lies = 0",
    ]


def test_the_table_marks_figures_beyond_the_bound_and_fits_a_terminal() -> None:
    found = sweep_result(
        ["gateway.acme.lies=0,1", "gateway.acme.mailboxes.departed=0.1,0.2", "seed=1..2"], [0.0] * 7 + [0.5]
    )
    file = io.StringIO()
    print_sweep(Console(width=80, file=file), found)
    lines = file.getvalue().splitlines()
    assert max(map(len, lines[3:])) <= 80
    assert "code, median (min-max) of 2 seeds; ! is beyond the bound" in file.getvalue()
    rows = [line.split() for line in lines]
    assert ["1", "0.2", "25.0", "(0.0-50.0)!", "25.0", "(25.0-25.0)", "10.0", "(10.0-10.0)"] in rows
    assert ["0", "0.1", "0.0", "(0.0-0.0)", "50.0", "(50.0-50.0)", "10.0", "(10.0-10.0)"] in rows


def test_varied_values_cannot_control_the_terminal() -> None:
    file = io.StringIO()
    print_sweep(Console(width=80, file=file), sweep_result(["x=\x1b[2J,\x07"], [0.0, 0.5]))
    assert not {"\x1b", "\x07"} & set(file.getvalue())


def test_the_csv_has_a_column_for_each_figure_and_a_row_for_each_run() -> None:
    found = sweep_result(["lies=0,1", "seed=5"], [0.0, 0.02])
    assert heading(found.axes, found.classifiers) == [
        "lies", "seed", "recipients", "delivered", "hard_bounces", "hard_bounce_rate",
        "code.wrongly_suppressed", "code.wrongly_suppressed_rate", "code.missed_dead", "code.missed_dead_rate",
        "none.wrongly_suppressed", "none.wrongly_suppressed_rate", "none.missed_dead", "none.missed_dead_rate", "books",
    ]  # fmt: skip
    assert row(found.runs[1]) == ["1", "5", 200, 150, 20, 0.1, 200, 0.02, 3, 0.25, 0, 0.0, 6, 0.5, "b1"]
