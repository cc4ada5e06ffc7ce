"""Where a gateway's filing puts a message, as somebody sees it who looks into the mailbox."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Fate
from probe.placement.placed import Where, filed


@pytest.mark.parametrize("fate", Fate)
def test_a_message_is_in_the_inbox_or_in_junk_or_it_is_missing_and_said_why(fate: Fate) -> None:
    where, why = filed(fate.value)
    assert where is {Fate.INBOX: Where.INBOX, Fate.JUNK: Where.JUNK}.get(fate, Where.MISSING)
    assert why == (fate.value if where is Where.MISSING else "")
