"""Where a classifier breaks: runs by point, medians over seeds, the first point beyond a bound, and how it is told."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from probe.input_error import InputError
from probe.report.terminal.sweep import heading, print_sweep, row, sentences
from probe.studies.sweep.break_points import (
    HARD_BOUNCES,
    MISSED_DEAD,
    WRONGLY_SUPPRESSED,
    Bound,
    Findings,
    Mistakes,
    Run,
    breaking,
    parse_bound,
)
from probe.studies.sweep.grid import parse, points


def findings(
    varied: list[str], wrong: list[float], bounds: tuple[Bound, ...] = (Bound(WRONGLY_SUPPRESSED, 0.01),)
) -> Findings:
    """Return a sweep in which ``code`` suppresses shares of the living, run by run; ``none`` misses half the gone."""
    axes = parse(varied)
    runs = tuple(
        Run(point, 200, 150, 20, 0.1, {"code": Mistakes(7, rate, 3, 0.25), "none": Mistakes(0, 0.0, 6, 0.5)}, f"b{n}")
        for n, (point, rate) in enumerate(zip(points(axes), wrong, strict=True))
    )
    return Findings("small.toml", axes, ("code", "none"), bounds, runs)


def test_runs_are_gathered_by_all_but_the_seed_wherever_it_stands() -> None:
    for varied in (["seed=1..3", "lies=0,1"], ["lies=0,1", "seed=1..3"]):
        found = findings(varied, [0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
        assert [[value.value for value in spot.point] for spot in found.spots] == [[0], [1]]
        assert [len(spot.runs) for spot in found.spots] == [3, 3]
        assert [axis.path for axis in found.ways] == ["lies"]


def test_a_figure_is_told_by_median_least_and_most_over_the_seeds() -> None:
    (spot,) = findings(["seed=1..4"], [0.04, 0.01, 0.02, 0.09]).spots
    assert spot.spread(WRONGLY_SUPPRESSED, "code") == (0.03, 0.01, 0.09)
    assert spot.spread(MISSED_DEAD, "none") == (0.5, 0.5, 0.5)
    assert spot.spread(HARD_BOUNCES, "code") == (0.1, 0.1, 0.1)


def test_the_first_point_beyond_the_bound_is_found_and_the_bound_itself_is_within() -> None:
    found = findings(["lies=0:0.4:0.1"], [0.0, 0.01, 0.0101, 0.005, 0.02])
    broken = breaking(found.spots, "code", found.bounds[0])
    assert (broken.first, broken.before) == (found.spots[2], found.spots[1])
    assert (broken.beyond, broken.spots) == (2, 5)


def test_one_wild_seed_breaks_nothing() -> None:
    found = findings(["lies=0,1", "seed=1..3"], [0.0, 0.0, 0.9, 0.0, 0.02, 0.02])
    assert breaking(found.spots, "code", found.bounds[0]).first is found.spots[1]


def test_a_classifier_is_told_where_it_breaks_and_where_it_kept() -> None:
    found = findings(["gateway.acme.lies=0:0.4:0.1"], [0.0, 0.009, 0.0345, 0.04, 0.05])
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
def test_wherever_it_breaks_it_is_one_sentence(varied: list[str], wrong: list[float], sentence: str) -> None:
    assert next(sentences(findings(varied, wrong))).startswith(sentence)


def test_hard_bounces_are_told_once_as_nobody_reads_them_into_being() -> None:
    found = findings(["lies=0,1"], [0.0, 0.0], (Bound(HARD_BOUNCES, 0.02), Bound(MISSED_DEAD, 0.3)))
    assert [line.partition(":")[0] for line in sentences(found)] == [
        "the sending breaks at lies = 0",
        "code stays within 30% missed dead",
        "none breaks at lies = 0",
    ]


def test_the_table_marks_what_is_beyond_and_fits_a_terminal() -> None:
    found = findings(
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


def test_what_is_varied_cannot_command_the_terminal() -> None:
    file = io.StringIO()
    print_sweep(Console(width=80, file=file), findings(["x=\x1b[2J,\x07"], [0.0, 0.5]))
    assert not {"\x1b", "\x07"} & set(file.getvalue())


def test_the_csv_has_a_column_for_everything_and_a_row_a_run() -> None:
    found = findings(["lies=0,1", "seed=5"], [0.0, 0.02])
    assert heading(found.axes, found.classifiers) == [
        "lies", "seed", "recipients", "delivered", "hard_bounces", "hard_bounce_rate",
        "code.wrongly_suppressed", "code.wrongly_suppressed_rate", "code.missed_dead", "code.missed_dead_rate",
        "none.wrongly_suppressed", "none.wrongly_suppressed_rate", "none.missed_dead", "none.missed_dead_rate", "books",
    ]  # fmt: skip
    assert row(found.runs[1]) == ["1", "5", 200, 150, 20, 0.1, 7, 0.02, 3, 0.25, 0, 0.0, 6, 0.5, "b1"]


def test_a_bound_names_a_figure_and_a_share() -> None:
    assert parse_bound("missed_dead_rate=0.2") == Bound(MISSED_DEAD, 0.2)


@pytest.mark.parametrize("text", ["wrongly_suppressed_rate", "x=1", "missed_dead_rate=2", "missed_dead_rate=nan", "="])
def test_what_is_no_bound_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_bound(text)
    assert str(raised.value) == (
        f"--bound {text}: is no bound; write wrongly_suppressed_rate=0.01, "
        "or with one of: wrongly_suppressed_rate, missed_dead_rate, hard_bounce_rate"
    )
