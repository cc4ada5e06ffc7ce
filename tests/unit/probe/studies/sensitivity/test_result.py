"""The result of one point of a sensitivity study, as it is printed for programs."""

from __future__ import annotations

from probe.judge.errors import ErrorCounts
from probe.studies.sensitivity.result import SensitivityResult


def test_a_result_has_its_counts_and_shares_with_intervals() -> None:
    errors = {"code": ErrorCounts(1000, 100, 20, 2), "context": ErrorCounts(1000, 1, 20, 10)}
    found = SensitivityResult("turnover", "2%", errors).as_dict()
    assert {key: found[key] for key in ("sweep", "value", "living", "gone")} == {
        "sweep": "turnover", "value": "2%", "living": 1000, "gone": 20,
    }  # fmt: skip
    assert {name: (wrong["suppressed"], wrong["missed"]) for name, wrong in found["wrong"].items()} == {
        "code": (100, 2), "context": (1, 10),
    }  # fmt: skip
    least, most = found["wrong"]["code"]["suppressed_interval"]
    assert 0.08 < least < 0.1 < most < 0.13
