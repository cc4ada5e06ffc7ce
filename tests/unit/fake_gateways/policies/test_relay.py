"""Recipients in somebody else's domain."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, STRANGER, LoneGateway

from fake_gateways.truth import Cause


@pytest.mark.parametrize(
    ("recipient", "taken"),
    [
        (ALICE, True),
        (ALICE.upper(), True),
        ("postmaster", True),
        (STRANGER, False),
        ("postmaster@elsewhere.example", False),
        ("alice@sub.northwind.example", False),
    ],
)
def test_a_gateway_is_nobodys_relay(recipient: str, taken: bool) -> None:  # noqa: FBT001 - the table's column
    lone = LoneGateway()
    lone.call().mail(recipient)
    assert [(row.cause, row.policy) for row in lone.truths] == ([] if taken else [(Cause.SENDER_REJECTED, "relay")])
