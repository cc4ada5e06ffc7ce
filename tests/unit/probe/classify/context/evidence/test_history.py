"""Evidence from earlier campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import DAY_S, REPORT, UNKNOWN, address, campaign_of, case, evidence_of, sent

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import history
from probe.classify.evidence import Evidence, Opened


def past(outcome: str, days: float) -> Evidence:
    """Return what an earlier campaign had come to, so many days ago."""
    row: dict[str, Any] = {"recipient": address(0), "at": STARTS - days * DAY_S}
    return evidence_of(attempt(**row) if outcome == "delivered" else refused(**row, **UNKNOWN))


def with_past(*before: Evidence, opened: tuple[Opened, ...] = ()) -> RefusalCase:
    """Return the case of a recipient with a past."""
    campaign = campaign_of(sent("x"))
    campaign[address(0)] = Evidence(address(0), campaign[address(0)].attempts, (), before, opened)
    return case(campaign, 0)


def test_a_delivery_counts_more_the_fresher_it_is_and_not_after_a_year() -> None:
    fresh, older, old = (history.active_before(with_past(past("delivered", days))) for days in (14, 60, 400))
    assert fresh > older > 0.5
    assert old == history.active_before(with_past()) == history.active_before(with_past(past("refused", 14))) == 0.0


def test_a_later_delivery_never_makes_an_earlier_one_count_less() -> None:
    one, two = (past("delivered", 90),), (past("delivered", 90), past("delivered", 30))
    assert history.active_before(with_past(*two)) > history.active_before(with_past(*one))


def test_an_open_counts_like_a_delivery() -> None:
    opened = (Opened(STARTS - 30 * DAY_S, "opened", "<1@x>"),)
    assert history.active_before(with_past(opened=opened)) == history.active_before(with_past(past("delivered", 30)))


def test_a_message_that_was_read_counts_more_than_one_that_was_delivered() -> None:
    opened = with_past(past("delivered", 30), opened=(Opened(STARTS - 30 * DAY_S, "opened", "<1@x>"),))
    assert history.engaged_before(opened) == history.active_before(opened) > 1.0
    assert history.engaged_before(with_past(past("delivered", 30))) == 0.0


@pytest.mark.parametrize(("kind", "counts"), [("auto-reply", True), ("complaint", True), ("report", False)])
def test_an_answer_of_the_recipient_counts_like_an_open(kind: str, *, counts: bool) -> None:
    delivered = past("delivered", 30)
    came_back = REPORT._replace(kind=kind, action="delayed", at=STARTS - 30 * DAY_S, recipient=address(0))
    found = history.engaged_before(with_past(replace(delivered, returned=(came_back,))))
    assert (found > 1.0) is counts


def test_earlier_bounces_are_evidence_of_departure_unless_a_delivery_followed() -> None:
    assert history.refused_before(with_past(past("refused", 90))) == -1.0
    assert history.refused_before(with_past(*(past("refused", days) for days in (90, 60, 30)))) == -2.0
    assert history.bounced_then_delivered(with_past(past("refused", 90))) == 0.0
    returned = with_past(past("refused", 90), past("delivered", 30))
    assert (history.refused_before(returned), history.bounced_then_delivered(returned)) == (0.0, 1.0)
