"""The likely cause of a refusal whose text may be wrong."""

from __future__ import annotations

import pytest
from circumstances import address, campaign_of, sent

from fake_gateways.truth import Cause
from probe.classify.context import Context
from probe.classify.reading import Reading
from probe.records.attempt import Attempt


def reading_of(attempts: list[Attempt], number: int) -> Reading:
    """Return the reading of a recipient, by number."""
    return Context().classify_campaign(campaign_of(attempts))[address(number)]


@pytest.mark.parametrize(
    ("attempts", "cause"),
    [
        (sent("x" * 20, stage="connect"), Cause.IP_REPUTATION),
        (sent("." * 10 + "x" * 20 + "." * 10), Cause.VELOCITY),
        (sent("x" * 20, stage="end-of-data"), Cause.CONTENT),
    ],
)
def test_a_false_text_is_explained_by_what_the_refusals_depend_on(attempts: list[Attempt], cause: Cause) -> None:
    assert reading_of(attempts, 15).cause is cause
