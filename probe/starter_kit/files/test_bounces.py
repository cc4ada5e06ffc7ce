"""Which recipients our rules would suppress, at gateways whose true reasons are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from probe.testing import Scorecard

pytestmark = pytest.mark.scenario(Path(__file__).parents[1] / "bounces" / "scenario.toml")


def test_no_living_recipient_is_suppressed(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["bounce-rules"].wrongly_suppressed == 0


def test_reading_the_codes_alone_suppresses_living_recipients(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["code"].wrongly_suppressed > 30


def test_most_of_the_gone_recipients_are_found(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["bounce-rules"].recall >= 0.75
