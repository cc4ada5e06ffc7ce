"""Tests of the policy that repeats the replies of another mail system's log."""

from __future__ import annotations

from pathlib import Path

import pytest
from lone_gateway import ALICE, BORIS, CLARA, DORIS, LoneGateway, policy

from fake_gateways.policies.as_logged import read_log
from fake_gateways.truth import Cause, Fate

LOG = f"""recipient,replies
{ALICE},full full -
{BORIS},late
{CLARA},!
{DORIS},returned
"""
REPLIES = [
    {"id": "full", "code": 452, "enhanced": "4.2.2", "text": "Mailbox full", "cause": "mailbox-full"},
    {"id": "late", "code": 554, "text": "Spam", "stage": "end-of-data"},
    {"id": "returned", "code": 550, "text": "No such user", "stage": "report"},
]


@pytest.fixture
def lone(tmp_path: Path) -> LoneGateway:
    """Return a gateway that has a log."""
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    settings = policy("as-logged", log=str(tmp_path / "log.csv"), reply=REPLIES)
    return LoneGateway("consumer", policies=[settings], has_directory=False)


def test_each_attempt_gets_the_reply_of_that_attempt_and_the_last_one_is_repeated(lone: LoneGateway) -> None:
    client = lone.call()
    client.mail()
    assert [client.say(f"RCPT TO:<{ALICE}>").code for _ in range(4)] == [452, 452, 250, 250]
    assert [row.cause for row in lone.truths] == [Cause.MAILBOX_FULL] * 2


def test_a_recipient_that_the_log_does_not_name_is_accepted(lone: LoneGateway) -> None:
    assert lone.call().deliver("eric@northwind.example").code == 250


def test_a_logged_reply_comes_at_the_stage_it_was_logged_at(lone: LoneGateway) -> None:
    client = lone.call()
    assert [reply.code for reply in client.mail(BORIS)] == [250, 250]
    client.say("DATA")
    assert client.send(b"Subject: Minutes\r\n\r\n").code == 554


def test_a_reply_logged_as_a_report_is_sent_in_one(lone: LoneGateway) -> None:
    assert lone.call().deliver(DORIS).code == 250
    assert [row.fate for row in lone.truths] == [Fate.BOUNCED_LATER]
    assert "No such user" in lone.reports[0].content


def test_where_no_reply_was_logged_the_gateway_hangs_up(lone: LoneGateway) -> None:
    client = lone.call()
    client.mail()
    assert client.say(f"RCPT TO:<{CLARA}>").octets == b""
    assert client.session.closing


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"address,replies\n", "recipient and replies"), (b"\xff", "cannot be read"), (None, "No such file")],
)
def test_a_log_that_cannot_be_used_is_an_error(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "log.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=problem):
        read_log(path)


def test_a_reply_that_the_log_names_must_be_given(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    with pytest.raises(ValueError, match=r"'returned' for doris@northwind\.example"):
        policy("as-logged", log=str(tmp_path / "log.csv"), reply=REPLIES[:2])
