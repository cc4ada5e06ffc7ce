"""The dialogue of LMTP: each recipient is decided and answered by itself after the content (RFC 2033)."""

from __future__ import annotations

from lone_gateway import ALICE, BORIS, CLARA, CLEAN, STAFF, Client, LoneGateway

from fake_gateways.people.directory import MailboxState
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.lmtp import RepliesPerRecipient
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Disconnect, Refuse, Wait

Verdict = Refuse | Disconnect | Wait
DAN = "dan@northwind.example"


class Told:
    """A policy that decides about a message as it was told, by recipient. It fails if the message has several."""

    def __init__(self, verdicts: dict[str, Verdict]) -> None:
        self._verdicts = verdicts

    def judge(self, view: SessionView) -> Verdict | None:
        (recipient,) = view.envelope.recipients
        verdict = self._verdicts.get(recipient)
        return None if isinstance(verdict, Wait) and view.answer(verdict) is not None else verdict


def connected(verdicts: dict[str, Verdict] | None = None) -> tuple[LoneGateway, Client]:
    """Return a gateway that speaks LMTP and decides after the message as told, and a client that said LHLO."""
    lone = LoneGateway(persona="postfix", lmtp=True, states={**STAFF, DAN: MailboxState.PRESENT})
    lone.gateway.policies[Stage.END_OF_DATA] = (("told", Told(verdicts or {})),)
    return lone, lone.call()


def codes(reply: object) -> list[int]:
    assert isinstance(reply, RepliesPerRecipient)
    return [int(line[:3]) for line in reply.octets.decode().split("\r\n") if line]


def test_lhlo_introduces_the_client_and_ehlo_does_not() -> None:
    lone = LoneGateway(persona="postfix", lmtp=True)
    client = lone.call(helo=None)
    assert client.say("MAIL FROM:<>").code == 503
    assert client.say("EHLO mta1.example").code == 500
    assert client.say("LHLO").code == 501
    reply = client.say("LHLO mta1.example")
    assert (reply.code, {"PIPELINING", "ENHANCEDSTATUSCODES"} <= set(reply.lines)) == (250, True)
    assert client.say("MAIL FROM:<>").code == 250


def test_there_is_a_reply_for_each_recipient_that_was_accepted() -> None:
    lone, client = connected()
    assert [reply.code for reply in client.mail(ALICE, CLARA, BORIS)] == [250, 250, 550, 250]
    assert client.say("DATA").code == 354
    assert codes(client.send(CLEAN)) == [250, 250]
    assert [(row.recipient, row.fate) for row in lone.truths] == [
        (CLARA, "refused"),
        (ALICE, "inbox"),
        (BORIS, "inbox"),
    ]


def test_without_an_accepted_recipient_data_is_out_of_order() -> None:
    _, client = connected()
    client.mail(CLARA)
    assert client.say("DATA").code in {503, 554}


def test_each_recipient_is_refused_or_accepted_by_itself() -> None:
    lone, client = connected({BORIS: Refuse(Cause.MAILBOX_FULL)})
    client.mail(ALICE, BORIS, DAN)
    client.say("DATA")
    assert codes(client.send(CLEAN)) == [250, 452, 250]
    assert [(row.recipient, row.cause, row.fate) for row in lone.truths] == [
        (ALICE, None, Fate.INBOX),
        (BORIS, Cause.MAILBOX_FULL, Fate.DEFERRED),
        (DAN, None, Fate.INBOX),
    ]
    assert client.deliver(ALICE).octets.startswith(b"250")


def test_a_connection_that_is_cut_for_one_recipient_is_cut_for_those_after_it() -> None:
    lone, client = connected({BORIS: Disconnect(Cause.SYSTEM)})
    client.mail(ALICE, BORIS, DAN)
    client.say("DATA")
    assert codes(client.send(CLEAN)) == [250]
    assert client.session.closing
    client.session.lost()
    assert [(row.recipient, row.fate) for row in lone.truths] == [(ALICE, "inbox"), (BORIS, "cut"), (DAN, "cut")]


def test_a_client_that_leaves_while_a_recipient_is_decided_has_no_reply_for_the_others() -> None:
    lone, client = connected({BORIS: Wait(5.0)})
    client.mail(ALICE, BORIS, DAN)
    client.say("DATA")
    next(client.session.content(CLEAN))
    client.session.lost()
    assert [(row.recipient, row.fate) for row in lone.truths] == [(ALICE, "inbox"), (BORIS, "cut"), (DAN, "cut")]


def test_content_beyond_the_size_limit_is_refused_for_each_recipient() -> None:
    lone, client = connected()
    client.mail(ALICE, BORIS)
    client.say("DATA")
    assert codes(client.session.content_too_large()) == [552, 552]
    assert [row.cause for row in lone.truths] == [Cause.TOO_LARGE] * 2
