"""The baseline that believes the enhanced status, then the code."""

from __future__ import annotations

import pytest
from book_rows import refused

from fake_gateways.truth import Cause
from probe.classify import Evidence
from probe.classify.by_code import ByCode


@pytest.mark.parametrize(
    ("code", "enhanced", "cause"),
    [
        (550, "5.1.1", Cause.USER_UNKNOWN),
        (554, "5.1.1", Cause.USER_UNKNOWN),
        (550, "5.1.2", Cause.BAD_DOMAIN),
        (551, "5.1.6", Cause.ADDRESS_MOVED),
        (550, "5.1.8", Cause.SENDER_REJECTED),
        (556, "5.1.10", Cause.BAD_DOMAIN),  # RFC 7505 4.2
        (550, "5.2.1", Cause.MAILBOX_DISABLED),
        (552, "5.2.2", Cause.MAILBOX_FULL),
        (552, "5.3.4", Cause.TOO_LARGE),
        (550, "5.7.1", Cause.POLICY),
        (550, "5.7.26", Cause.AUTHENTICATION),  # RFC 7372 3.3
        (550, "5.4.99", Cause.NETWORK),
        (550, "5.6.0", Cause.CONTENT),
        (550, "5.0.0", Cause.USER_UNKNOWN),  # RFC 3463 3.1: 5.0.0 says nothing, so the code decides
        (550, None, Cause.USER_UNKNOWN),
        (551, None, Cause.ADDRESS_MOVED),
        (552, None, Cause.MAILBOX_FULL),
        (553, None, Cause.USER_UNKNOWN),
        (554, None, Cause.POLICY),
        (571, None, Cause.SYSTEM),
    ],
)
def test_the_enhanced_status_gives_the_cause_and_otherwise_the_code(
    code: int, enhanced: str | None, cause: Cause
) -> None:
    row = refused(code=code, enhanced=enhanced, text="blocked by our spam filter")
    assert ByCode().classify(Evidence(row.recipient, (row,))).cause is cause
