"""Messages that are larger than policy allows."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLEAN, LoneGateway, policy


@pytest.mark.parametrize(("limit", "code"), [(len(CLEAN), 250), (len(CLEAN) - 1, 552)])
def test_the_limit_itself_is_allowed(limit: int, code: int) -> None:
    lone = LoneGateway("exchange-onprem", policies=[policy("message-size", limit=f"{limit} B")])
    assert lone.call().deliver(ALICE).code == code
