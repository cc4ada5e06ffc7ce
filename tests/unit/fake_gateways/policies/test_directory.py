"""Recipients who are not there."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, BORIS, CLARA, DOMAIN, DORIS, ERIC, RETURN_PATH, STRANGER, session_view

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
    view = session_view()
    view.envelope = Envelope(RETURN_PATH, [CLARA])  # taken before: not asked about again
    view.recipient = recipient
    assert Directory().judge(view) == (cause and Refuse(cause, recipient))


@pytest.mark.parametrize(("recipient", "cause"), BY_RECIPIENT)
def test_at_end_of_data_the_first_who_cannot_be_served_speaks_for_all(recipient: str, cause: Cause | None) -> None:
    view = session_view()
    view.envelope = Envelope(RETURN_PATH, [ALICE, recipient, BORIS, DORIS])
    first = Refuse(cause, recipient) if cause else Refuse(Cause.MAILBOX_FULL, DORIS)
    assert Directory().judge(view) == first


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
    view = session_view(catch_all=True)
    view.recipient = recipient
    assert Directory().judge(view) == (cause and Refuse(cause, recipient))
