"""There is advice for every cause that a diagnosis can name."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.diagnose.advice import ADMINISTRATOR, ADVICE, PROVIDER
from probe.diagnose.hypothesis import CAUSES


def test_every_cause_has_advice() -> None:
    assert set(ADVICE) == set(CAUSES)


def test_nobody_is_named_where_nobody_is_needed() -> None:
    assert ADVICE[Cause.TOO_LARGE].help == "You can fix it yourself."
    assert ADVICE[Cause.POLICY].help == "Who can help: the recipient's IT team."


def test_a_letter_goes_to_who_can_answer_it() -> None:
    causes = (Cause.IP_REPUTATION, Cause.AUTHENTICATION, Cause.TOO_LARGE, Cause.MAILBOX_FULL)
    assert [ADVICE[cause].reader for cause in causes] == [ADMINISTRATOR, PROVIDER, "", ""]
