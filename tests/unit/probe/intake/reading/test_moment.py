"""A moment is the same however a log writes it."""

from __future__ import annotations

import pytest

from probe.intake.reading.moment import moment


@pytest.mark.parametrize(
    "written",
    [
        1501893662,
        1501893662.0,
        1501893662000,
        "1501893662",
        " 1501893662000 ",
        1501893662000000,
        "1501893662000000000",
        "42952.02849537",
        "Aug 5th, 2017 00:41:02",
        "2017-08-05T00:41:02Z",
        "2017-08-05T00:41:02.0000000Z",
        "2017-08-05T02:41:02+02:00",
        "2017-08-05 00:41:02",
        "2017-08-04T19:41:02-05:00",
        "Sat, 05 Aug 2017 00:41:02 +0000",
        "Sat, 5 Aug 2017 02:41:02 +0200",
        "5 Aug 2017 00:41:02 -0000",
    ],
)
def test_a_moment_is_the_same_however_it_is_written(written: object) -> None:
    assert moment(written) == 1501893662.0


def test_fractions_of_a_second_are_kept() -> None:
    assert moment(1501893662.25) == 1501893662.25
    assert moment("2017-08-05T00:41:02.250Z") == 1501893662.25
    assert moment(1501893662250) == 1501893662.25


@pytest.mark.parametrize(
    "nonsense",
    [
        None, True, [], {}, "", "soon", "x" * 100, -1, "-1", 10**400, float("nan"), float("inf"), "nan", "inf", "1e400",
        "9" * 60, "2017-13-01", "Sat, 99 Aug 2017 00:41:02 +0000", "Sat, 5 Aug 2017 00:41:02 +9999999999",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(nonsense: object) -> None:
    assert moment(nonsense) is None
