"""Whom our rules would suppress, judged by gateways of which it is known why they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from probe.testing import Scorecard

pytestmark = pytest.mark.scenario("bounces/scenario.toml")


def test_nobody_who_reads_mail_is_suppressed(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["bounce-rules"].wrongly_suppressed == 0


def test_whoever_believes_the_codes_suppresses_the_living(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["code"].wrongly_suppressed > 30


def test_most_of_those_who_are_gone_are_found(scorecard: Scorecard) -> None:
    assert scorecard.classifiers["bounce-rules"].recall >= 0.75
