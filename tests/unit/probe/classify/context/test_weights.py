"""The weights file: reading, writing, calibration."""

from __future__ import annotations

import pytest

from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import AGAIN, Sum, Weights, parse, shipped, worth, write


def test_weights_survive_writing_and_reading() -> None:
    again = parse(write(shipped(), ("A remark.",)))
    for read_again, written in ((again.first, shipped().first), (again.again, shipped().again)):
        assert read_again.base == pytest.approx(written.base, abs=1e-3)
        assert read_again.weights == pytest.approx(written.weights, abs=1e-3)
        assert dict(read_again.curve) == pytest.approx(dict(written.curve), abs=1e-3)
    assert again.suppress_below == shipped().suppress_below


def test_a_function_that_the_file_does_not_mention_has_the_weight_0() -> None:
    again = "base = 0\nfirst_verdict = 1\nliving_refused_again = 1\n"  # and none of the others
    text = f"suppress_below = 0.1\nsuppress_below_at_last = 0.2\nbase = 1.0\nweight = []\n[again]\n{again}"
    assert parse(text) == Weights(
        Sum(1.0, (0.0,) * len(NAMES)), Sum(0.0, (1.0, 1.0, *[0.0] * (len(AGAIN) - 2))), 0.1, 0.2
    )


def test_a_curve_is_straight_between_its_points_and_constant_beyond() -> None:
    curve = ((-1.0, -3.0), (0.0, 0.0), (2.0, 1.0))
    assert [worth(curve, added) for added in (-9.0, -1.0, -0.5, 0.0, 1.0, 2.0, 9.0)] == [
        -3.0, -3.0, -1.5, 0.0, 0.5, 1.0, 1.0,
    ]  # fmt: skip
    assert worth((), 0.7) == 0.7


def test_no_shipped_weight_is_negative() -> None:
    assert min(shipped().first.weights) >= 0.0
