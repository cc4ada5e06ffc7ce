"""What a gateway said, on one line."""

from __future__ import annotations

from diagnosing import replied

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.diagnosis import Observed
from probe.diagnose.document import said
from probe.records.attempt import Failure
from probe.sender.transaction import Result


def test_a_reply_is_one_line_and_a_failure_is_told() -> None:
    assert said(Observed(replied(550, "5.1.1", "no\nsuch user"), 0.0)) == "550 5.1.1 no such user"
    silent = Result(Stage.MAIL, failure=Failure.TIMED_OUT, text="no reply within 300 s")
    assert said(Observed(silent, 0.0)) == "no reply within 300 s"
