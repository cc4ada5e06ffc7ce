"""Evidence from earlier campaigns."""

from __future__ import annotations

from typing import Any

from book_rows import STARTS, attempt, refused
from circumstances import DAY_S, UNKNOWN, address, campaign_of, case, evidence_of, sent

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


def test_an_earlier_bounce_is_evidence_of_departure_unless_a_delivery_followed() -> None:
    assert history.bounced_before(with_past(past("refused", 90))) == -1.0
    assert history.bounced_then_delivered(with_past(past("refused", 90))) == 0.0
    returned = with_past(past("refused", 90), past("delivered", 30))
    assert (history.bounced_before(returned), history.bounced_then_delivered(returned)) == (0.0, 1.0)
