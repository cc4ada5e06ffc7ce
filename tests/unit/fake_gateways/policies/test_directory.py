"""Recipients who are not there."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, BORIS, CLARA, DOMAIN, DORIS, ERIC, RETURN_PATH, STRANGER, case_of

from fake_gateways.policies.directory import Directory
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

BY_RECIPIENT = [
    (ALICE, None),
    (ALICE.upper(), None),
    (CLARA, Cause.USER_UNKNOWN),
    (f"never@{DOMAIN}", Cause.USER_UNKNOWN),
    (DORIS, Cause.MAILBOX_FULL),
    (ERIC, Cause.MAILBOX_DISABLED),
    (STRANGER, None),
    ("postmaster", None),
    (f"postmaster@{DOMAIN}", None),
    ("postmaster@elsewhere.example", None),
]


@pytest.mark.parametrize(("recipient", "cause"), BY_RECIPIENT)
def test_at_rcpt_the_recipient_in_hand_is_judged(recipient: str, cause: Cause | None) -> None:
    case = case_of()
    case.envelope = Envelope(RETURN_PATH, [CLARA])  # taken before: not asked about again
    case.recipient = recipient
    assert Directory().judge(case) == (cause and Refuse(cause, recipient))


@pytest.mark.parametrize(("recipient", "cause"), BY_RECIPIENT)
def test_at_end_of_data_the_first_who_cannot_be_served_speaks_for_all(recipient: str, cause: Cause | None) -> None:
    case = case_of()
    case.envelope = Envelope(RETURN_PATH, [ALICE, recipient, BORIS, DORIS])
    first = Refuse(cause, recipient) if cause else Refuse(Cause.MAILBOX_FULL, DORIS)
    assert Directory().judge(case) == first


@pytest.mark.parametrize(
    ("recipient", "cause"),
    [
        (CLARA, None),
        (f"never@{DOMAIN}", None),
        (DORIS, Cause.MAILBOX_FULL),
        (ERIC, Cause.MAILBOX_DISABLED),
        (STRANGER, None),
    ],
)
def test_a_catch_all_takes_the_departed_and_nobody_else(recipient: str, cause: Cause | None) -> None:
    case = case_of(catch_all=True)
    case.recipient = recipient
    assert Directory().judge(case) == (cause and Refuse(cause, recipient))
