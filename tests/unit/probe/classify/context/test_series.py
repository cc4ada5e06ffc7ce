"""Series of replies, and the runs of refusals in them."""

from __future__ import annotations

from probe.classify.context.series import RefusalRun, ReplySeries


def test_a_run_ends_at_acceptances() -> None:
    series = ReplySeries()
    for at, letter in enumerate("..xxx.x"):
        series.add(float(at), accepted=letter == ".")
    assert series.run(3) == RefusalRun(3, 2.0, 4.0, 1.0, 5.0)
    assert series.run(6) == RefusalRun(1, 6.0, 6.0, 5.0, None)
    assert series.neighbours(3, 2) == (2, 4)
    assert series.between(1.0, 3.0) == (2, 3)
    assert series.refused == 4
