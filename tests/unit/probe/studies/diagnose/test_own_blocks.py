"""Wrong verdicts after a block that the experiments had provoked are counted."""

from __future__ import annotations

from studied import diagnosed, subject

from fake_gateways.truth import Cause
from probe.studies.diagnose.own_blocks import own_blocks

LISTED = subject(Cause.IP_REPUTATION)


def test_only_wrong_verdicts_after_a_block_are_of_our_own_making() -> None:
    found = [
        diagnosed(LISTED, Cause.IP_REPUTATION, blocks=2),
        diagnosed(LISTED, Cause.VELOCITY, blocks=1, sure=False),
        diagnosed(LISTED, Cause.VELOCITY),
        diagnosed(LISTED, Cause.VELOCITY, blocks=1),
        diagnosed(LISTED, Cause.IP_REPUTATION, blocks=1, alive=0.001),
    ]
    figures = own_blocks([each._replace(seconds=3600.0) for each in found])
    assert (figures["hours"], figures["verdicts"], figures["met_a_block"], figures["decided"]) == (5.0, 5, 4, 4)
    assert (figures["own_blocks"], figures["not_own_blocks"]["value"]) == (2, 0.6)
    assert figures["taken_for"] == [
        {"true": "ip-reputation", "diagnosed": "velocity", "verdicts": 1, "wrong_mailboxes": 0},
        {"true": "ip-reputation", "diagnosed": "ip-reputation", "verdicts": 1, "wrong_mailboxes": 1},
    ]


def test_without_verdicts_there_is_no_share() -> None:
    assert own_blocks([])["not_own_blocks"]["value"] is None
