"""Clients from regions that are refused."""

from __future__ import annotations

import pytest
from lone_gateway import LoneGateway, policy
from pydantic import ValidationError

REGIONS = {"home": ["127.10.0.0/24"], "abroad": ["127.20.0.0/16", "2001:db8::/32"]}


@pytest.mark.parametrize(
    ("peer", "code"), [("127.10.0.1", 220), ("127.20.3.4", 554), ("127.30.0.1", 220), ("2001:db8::1", 554)]
)
def test_who_comes_from_a_refused_region_is_refused_at_connect(peer: str, code: int) -> None:
    lone = LoneGateway("consumer", policies=[policy("geography", regions=REGIONS, refuse=["abroad"])])
    assert lone.call(peer, helo=None).greeting.code == code


def test_a_region_that_is_refused_has_to_be_known() -> None:
    with pytest.raises(ValidationError, match="'moon' is refused, but is not one of the regions"):
        policy("geography", regions=REGIONS, refuse=["moon"])
