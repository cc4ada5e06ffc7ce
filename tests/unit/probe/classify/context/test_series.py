"""Series of replies, and the runs of refusals in them."""

from __future__ import annotations

from array import array

from probe.classify.context.series import RefusalRun, ReplySeries


def series_of(pattern: str) -> ReplySeries:
    """Return a reply a second: ``.`` was accepted, ``x`` refused, ``-`` refused at an earlier stage."""
    series = ReplySeries(array("d", range(len(pattern))), array("I"), array("I"))
    for index, letter in enumerate(pattern):
        if letter == "x":
            series.refuse(index)
        elif letter == "-":
            series.leave_out(index)
    return series


def test_a_run_ends_at_acceptances() -> None:
    series = series_of("..xxx.x")
    assert series.run(3) == RefusalRun(3, 2.0, 4.0, 1.0, 5.0)
    assert series.run(6) == RefusalRun(1, 6.0, 6.0, 5.0, None)
    assert series.neighbours(3, 2) == (2, 4)
    assert series.between(1.0, 3.0) == (2, 3)
    assert series.refused == 4


def test_replies_that_are_left_out_do_not_count() -> None:
    series = series_of("-.-x-x-.-")
    assert (len(series), series.refused) == (4, 2)
    assert [series.at(index) for index in range(4)] == [1.0, 3.0, 5.0, 7.0]
    assert [series.among(index) for index in (1, 3, 5, 7)] == [0, 1, 2, 3]
    assert (series.first_since(5.0), series.first_since(6.0), series.first_after(5.0)) == (2, 3, 3)
    assert series.run(2) == RefusalRun(2, 3.0, 5.0, 1.0, 7.0)
