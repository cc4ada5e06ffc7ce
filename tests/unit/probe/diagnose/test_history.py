"""Earlier attempts at a gateway tell whether it refuses one recipient, everybody, or everybody since a moment."""

from __future__ import annotations

import pytest
from diagnosing import RECIPIENT, REFUSAL, replied

from probe.diagnose.history import Earlier, told_by
from probe.sender.transaction import Result

TAKEN = replied(250, "2.0.0", "ok")
OTHER = replied(554, "5.7.1", "Message refused")
UNKNOWN = replied(550, "5.1.1", "No such person here")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], "nothing"),
        ([REFUSAL, REFUSAL], "all refused alike"),
        ([OTHER, REFUSAL], "none taken"),
        ([REFUSAL, TAKEN], "some refused alike"),
        ([TAKEN, OTHER], "taken until now"),
        ([TAKEN, OTHER, REFUSAL], "refused alike since"),
        ([TAKEN, UNKNOWN, UNKNOWN], "taken until now after many unknown recipients"),
        ([TAKEN] * 7 + [UNKNOWN, UNKNOWN], "taken until now after unknown recipients"),
        ([TAKEN, UNKNOWN, UNKNOWN, REFUSAL, REFUSAL], "refused alike since after many unknown recipients"),
        ([TAKEN, UNKNOWN, REFUSAL, REFUSAL], "refused alike since"),
    ],
)
def test_what_earlier_attempts_tell(results: list[Result], expected: str) -> None:
    earlier = [Earlier(f"{number}@acme.example", result) for number, result in enumerate(results)]
    assert told_by(earlier, Earlier(RECIPIENT, REFUSAL)) == expected
