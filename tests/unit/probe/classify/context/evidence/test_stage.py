"""Evidence from the stage of the refusal."""

from __future__ import annotations

import pytest
from circumstances import campaign_of, case, refused_case, sent

from probe.classify.context.evidence import stage


@pytest.mark.parametrize(("where", "says"), [("connect", 1.0), ("ehlo", 1.0), ("mail", 1.0), ("rcpt", 0.0)])
def test_a_refusal_before_rcpt_is_not_about_a_recipient(where: str, says: float) -> None:
    assert stage.before_any_recipient(refused_case(stage=where)) == says


def test_a_refusal_of_the_message_comes_after_rcpt_was_accepted() -> None:
    assert stage.after_the_message(refused_case(stage="end-of-data")) == 1.0
    assert stage.after_the_message(refused_case(stage="rcpt")) == 0.0


def test_a_server_that_refuses_others_at_rcpt_does_not_need_the_message() -> None:
    late = sent("x", stage="end-of-data")
    both = campaign_of([*late, *sent("xxxx", start=10)])
    weigh = stage.after_message_but_others_at_rcpt
    assert weigh(case(both, 0)) == 1.0
    assert weigh(case(campaign_of(late), 0)) == 0.0
    assert weigh(case(both, 10)) == 0.0
