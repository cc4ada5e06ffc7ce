"""The dialogue: what is answered, and what is written down (RFC 5321 3 and 4)."""

from __future__ import annotations

import pytest
from lone_gateway import (
    ALICE,
    BORIS,
    CLARA,
    CLEAN,
    DORIS,
    ERIC,
    FILTER,
    JUNK,
    PEER,
    RETURN_PATH,
    SPAM,
    STARTS,
    STRANGER,
    Client,
    LoneGateway,
)

from fake_gateways.dns.zone import Listing, World
from fake_gateways.policies.ip_reputation import IpReputationSettings
from fake_gateways.policies.velocity import VelocitySettings
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.standard_replies import BARE_LINE_FEED, MAX_MISTAKES, MAX_RECIPIENTS, TIMED_OUT
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Answer, Question

LISTED = IpReputationSettings(type="ip-reputation", deny=[PEER], allow=())


def rows(lone: LoneGateway) -> list[tuple[str, str, str | None, Fate, int]]:
    return [(row.stage, row.recipient, row.cause, Fate(row.fate), row.code) for row in lone.truths]


def test_a_delivery_is_one_row_for_every_recipient_taken() -> None:
    lone = LoneGateway(policies=[FILTER])
    client = lone.call()
    assert client.greeting.code == 220
    assert client.deliver(ALICE, BORIS).code == 250
    client.session.lost()
    assert rows(lone) == [("end-of-data", to, None, Fate.INBOX, 250) for to in (ALICE, BORIS)]
    row = lone.truths[0]
    assert (row.message_id, row.helo, row.return_path) == (
        "<1@messenger.example>",
        "mta1.messenger.example",
        RETURN_PATH,
    )
    assert (row.peer_address, row.peer_port, row.mailbox, row.claimed, row.honest) == (
        PEER,
        40_000,
        "present",
        None,
        True,
    )


def test_a_message_filed_into_junk_is_accepted_in_the_same_words() -> None:
    lone = LoneGateway("proofpoint", policies=[FILTER])
    inbox, junk = (lone.call().deliver(ALICE, content=content) for content in (CLEAN, JUNK))
    assert (inbox.code, inbox.enhanced) == (junk.code, junk.enhanced)
    assert inbox.text[13:] == junk.text[13:]  # a queue id comes first
    assert [(row.fate, row.policy, row.honest) for row in lone.truths] == [
        (Fate.INBOX, None, True),
        (Fate.JUNK, "content", True),
    ]


def test_a_refused_recipient_is_one_row_and_the_others_go_on() -> None:
    lone = LoneGateway()
    client = lone.call()
    replies = client.mail(CLARA, ALICE, DORIS, ERIC, STRANGER)
    assert [reply.code for reply in replies] == [250, 550, 250, 452, 550, 451]
    client.say("DATA")
    client.send(CLEAN)
    assert rows(lone) == [
        ("rcpt", CLARA, Cause.USER_UNKNOWN, Fate.REFUSED, 550),
        ("rcpt", DORIS, Cause.MAILBOX_FULL, Fate.DEFERRED, 452),
        ("rcpt", ERIC, Cause.MAILBOX_DISABLED, Fate.REFUSED, 550),
        ("rcpt", STRANGER, Cause.SENDER_REJECTED, Fate.DEFERRED, 451),
        ("end-of-data", ALICE, None, Fate.INBOX, 250),
    ]


def test_at_end_of_data_one_reply_stands_for_all_and_each_row_tells_its_own_cause() -> None:
    lone = LoneGateway("proofpoint", policies=[FILTER])
    assert lone.call().deliver(ALICE, CLARA, DORIS).code == 550
    assert [(row.recipient, row.cause, row.claimed, row.honest) for row in lone.truths] == [
        (ALICE, Cause.POLICY, Cause.USER_UNKNOWN, False),
        (CLARA, Cause.USER_UNKNOWN, Cause.USER_UNKNOWN, True),
        (DORIS, Cause.MAILBOX_FULL, Cause.USER_UNKNOWN, False),
    ]


def test_mail_for_somebody_elses_domain_is_never_taken_even_by_who_looks_up_later() -> None:
    lone = LoneGateway("proofpoint")
    assert lone.call().mail(STRANGER)[-1].code == 550
    assert rows(lone) == [("rcpt", STRANGER, Cause.SENDER_REJECTED, Fate.REFUSED, 550)]
    assert lone.truths[0].mailbox is None


def test_a_refused_greeting_leaves_only_quit() -> None:
    lone = LoneGateway("cisco-esa", policies=[LISTED])
    client = lone.call(helo=None)
    assert client.greeting.code == 554
    assert [client.say(line).code for line in ("EHLO a.example", "MAIL FROM:<>", "NOOP", "QUIT")] == [
        503,
        503,
        503,
        221,
    ]
    assert rows(lone) == [("connect", "", Cause.IP_REPUTATION, Fate.REFUSED, 554)]


@pytest.mark.parametrize(
    ("lines", "stage"),
    [
        (["RSET"], Stage.RCPT),
        (["QUIT"], Stage.RCPT),
        (["EHLO mta1.messenger.example"], Stage.RCPT),
        (["HELO mta1.messenger.example"], Stage.RCPT),
        (["BOGUS"] * MAX_MISTAKES, Stage.RCPT),
        ([], Stage.RCPT),
        (["DATA"], Stage.DATA),
    ],
)
def test_whoever_was_taken_when_the_transaction_breaks_off_is_cut_once(lines: list[str], stage: Stage) -> None:
    lone = LoneGateway()
    client = lone.call()
    client.mail(ALICE, BORIS)
    for line in lines:
        client.say(line)
    client.session.lost()
    client.session.lost()
    assert rows(lone) == [(stage, to, None, Fate.CUT, 250) for to in (ALICE, BORIS)]


@pytest.mark.parametrize("reply", [TIMED_OUT, BARE_LINE_FEED])
def test_hanging_up_cuts_what_was_taken_and_closes(reply: Reply) -> None:
    lone = LoneGateway()
    client = lone.call()
    client.mail(ALICE)
    assert client.session.hang_up(reply) is reply
    assert client.session.closing
    assert [row.fate for row in lone.truths] == [Fate.CUT]


def test_a_421_closes_and_who_had_been_taken_is_cut() -> None:
    velocity = VelocitySettings(type="velocity", limit="1/1h", count="recipients")
    lone = LoneGateway("proofpoint", policies=[velocity])
    client = lone.call()
    assert [reply.code for reply in client.mail(ALICE, BORIS)] == [250, 250, 421]
    assert client.session.closing
    client.session.lost()
    assert rows(lone) == [
        ("rcpt", BORIS, Cause.VELOCITY, Fate.DEFERRED, 421),
        ("rcpt", ALICE, None, Fate.CUT, 250),
    ]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["MAIL FROM:<>"], [503]),
        (["EHLO"], [501]),
        (["EHLO a.example", "RCPT TO:<alice@northwind.example>"], [250, 503]),
        (["EHLO a.example", "DATA"], [250, 503]),
        (["EHLO a.example", "MAIL FROM:<>", "MAIL FROM:<>"], [250, 250, 503]),
        (["EHLO a.example", "MAIL FROM:<>", "DATA"], [250, 250, 503]),
        (
            ["EHLO a.example", "MAIL FROM:<>", "EHLO a.example", "RCPT TO:<alice@northwind.example>"],
            [250, 250, 250, 503],
        ),
        (["EHLO a.example", "MAIL FROM:<>", "RSET", "MAIL FROM:<>"], [250, 250, 250, 250]),
        (["EHLO a.example", "MAIL FROM:<> SIZE=10 BODY=8BITMIME"], [250, 250]),
        (["EHLO a.example", "MAIL FROM:<> SIZE=10001"], [250, 554]),
        (["EHLO a.example", "MAIL FROM:<> SIZE=ten"], [250, 555]),
        (["EHLO a.example", "MAIL FROM:<> SIZE"], [250, 555]),
        (["EHLO a.example", f"MAIL FROM:<> SIZE={'9' * 21}"], [250, 555]),
        (["EHLO a.example", "MAIL FROM:<> RET=HDRS"], [250, 555]),
        (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<alice@northwind.example> NOTIFY=NEVER"], [250, 250, 555]),
        (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<alice>"], [250, 250, 501]),
        (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA"], [250, 250, 250, 354]),
        (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA now"], [250, 250, 250, 501]),
        (["HELO a.example", "NOOP", "VRFY anna", "HELP", "EXPN staff", "STARTTLS"], [250, 250, 252, 214, 500, 500]),
    ],
)
def test_commands_are_answered_by_their_order_and_grammar(lines: list[str], codes: list[int]) -> None:
    client = LoneGateway().call(helo=None)
    assert [client.say(line).code for line in lines] == codes


def test_helo_offers_no_extensions() -> None:
    client = LoneGateway().call(helo=None)
    assert len(client.say("HELO a.example").lines) == 1
    assert len(client.say("EHLO a.example").lines) == 3


def test_too_many_mistakes_end_the_dialogue() -> None:
    client = LoneGateway().call()
    codes = [client.say("BOGUS").code for _ in range(MAX_MISTAKES)]
    assert codes == [500] * (MAX_MISTAKES - 1) + [421]
    assert client.session.closing


def test_refusals_are_no_mistakes() -> None:
    client = LoneGateway().call()
    assert [reply.code for reply in client.mail(*[CLARA] * (MAX_MISTAKES + 5))][1:] == [550] * (MAX_MISTAKES + 5)


def test_a_recipient_too_many_is_deferred_and_the_books_say_why() -> None:
    lone = LoneGateway()
    client = lone.call()
    replies = client.mail(*[ALICE] * MAX_RECIPIENTS, BORIS)
    assert [reply.code for reply in replies[1:]] == [250] * MAX_RECIPIENTS + [452]
    assert rows(lone) == [("rcpt", BORIS, Cause.POLICY, Fate.DEFERRED, 452)]


@pytest.mark.parametrize("name", ["mimecast", "proofpoint", "cisco-esa", "consumer"])
def test_a_message_beyond_the_size_limit_is_refused_whether_announced_or_not(name: str) -> None:
    lone = LoneGateway(name, size_limit=1000)
    client = lone.call()
    announced = client.say(f"MAIL FROM:<{RETURN_PATH}> SIZE=1001")
    assert announced.refuses
    client.mail(ALICE)
    client.say("DATA")
    sent = client.session.content_too_large()
    assert (sent.code, sent.enhanced) == (announced.code, announced.enhanced)
    assert rows(lone) == [
        ("mail", "", Cause.TOO_LARGE, Fate.REFUSED, sent.code),
        ("end-of-data", ALICE, Cause.TOO_LARGE, Fate.REFUSED, sent.code),
    ]
    assert [client.say(f"MAIL FROM:<{RETURN_PATH}> SIZE=1000").code] == [250]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"Message-ID: <a@b.example>", "<a@b.example>"),
        (b"MESSAGE-id:\r\n <a@b.example>", "<a@b.example>"),
        (b"X-Message-ID: <a@b.example>", ""),
        (b"Message-ID: none", ""),
        (b"Subject: a\r\n\r\nMessage-ID: <a@b.example>", ""),
    ],
)
def test_the_message_id_is_taken_from_the_header(head: bytes, found: str) -> None:
    lone = LoneGateway()
    lone.call().deliver(ALICE, content=head + b"\r\n\r\ntext\r\n")
    assert [row.message_id for row in lone.truths] == [found]


def test_a_second_message_of_a_session_is_another_transaction() -> None:
    lone = LoneGateway()
    client = lone.call()
    client.deliver(ALICE)
    client.deliver(BORIS, content=CLEAN.replace(b"<1@", b"<2@"))
    assert [(row.session, row.transaction, row.message_id) for row in lone.truths] == [
        (1, 1, "<1@messenger.example>"),
        (1, 2, "<2@messenger.example>"),
    ]


def test_a_blocklist_is_read_on_the_lanes_clock() -> None:
    zone = "bl.reputation.example"
    lone = LoneGateway(policies=[IpReputationSettings(type="ip-reputation", zones=(zone,), deny=(), allow=())])
    lone.world.add_listings([Listing(PEER, zone, STARTS + 2400.0)])
    codes = []
    for at in (0.0, 2399.0, 2400.0, 2699.0, 2700.0):
        lone.clock._now = STARTS + at
        codes.append(lone.call().mail(ALICE)[-1].code)
    # Asked at 0 and, five minutes being over, at 2399; that answer is good until 2699.
    assert codes == [250, 250, 250, 550, 550]


class SilentNames(World):
    """A world whose nameserver fails: nothing it says may be kept."""

    asked = 0

    def answer(self, question: Question, at: float) -> Answer:  # noqa: ARG002 - it hears nobody
        self.asked += 1
        assert self.asked < 10, "the same question is asked for ever"
        return Answer(failed=True, ttl_s=0.0)


def test_an_answer_that_may_not_be_kept_is_asked_for_once_at_every_judgement() -> None:
    zone = IpReputationSettings(type="ip-reputation", zones=("bl.example",), deny=(), allow=())
    lone = LoneGateway(policies=[zone], world=SilentNames())
    client = lone.call()
    assert [reply.code for reply in client.mail(ALICE, BORIS)] == [250, 250, 250]
    assert client.asked == ["1.0.10.127.bl.example"] * 2


def fates(client: Client, *contents: bytes) -> list[int]:
    return [client.deliver(ALICE, content=content).code for content in contents]


def test_junk_of_one_message_does_not_stick_to_the_next() -> None:
    lone = LoneGateway(policies=[FILTER])
    assert fates(lone.call(), JUNK, CLEAN, SPAM, CLEAN) == [250, 250, 554, 250]
    assert [row.fate for row in lone.truths] == [Fate.JUNK, Fate.INBOX, Fate.REFUSED, Fate.INBOX]


def test_a_login_that_needs_tls_is_neither_offered_nor_accepted_in_the_clear() -> None:
    login = Login(required=lambda: True, needs_tls=lambda: True)
    client = LoneGateway(persona="postfix", login=login).call()
    assert not any(line.startswith("AUTH") for line in client.say("EHLO mta1.example").lines)
    assert client.say("AUTH PLAIN AGFubgBzZWNyZXQ=").code == 538
    assert str(client.say("MAIL FROM:<>")) == "530 5.7.0 Must issue a STARTTLS command first"
    client.session.encrypted()
    assert any(line.startswith("AUTH") for line in client.say("EHLO mta1.example").lines)
    assert str(client.say("MAIL FROM:<>")) == "530 5.7.0 Authentication required"
    assert client.say("AUTH PLAIN AGFubgBzZWNyZXQ=").code == 235
    assert client.say("MAIL FROM:<>").code == 250


@pytest.mark.parametrize("before", [[], ["EHLO mta1.example"]])
def test_a_client_whose_name_xclient_gives_need_not_introduce_itself(before: list[str]) -> None:
    client = LoneGateway("postfix", xclient=True).call(helo=None)
    for line in (*before, "XCLIENT ADDR=192.0.2.7 HELO=mta9.example", "MAIL FROM:<>"):
        assert client.say(line).accepts, line


def test_a_line_that_is_too_long_ends_a_login() -> None:
    # RFC 4954 section 4.
    client = LoneGateway("postfix", login=Login()).call()
    assert client.say("AUTH LOGIN").code == 334
    assert client.session.line_too_long().code == 500
    assert client.say("MAIL FROM:<>").code == 250


def test_a_client_of_a_zone_is_looked_up_without_it() -> None:
    # Before: a blocklist could not be asked about it.
    zone = IpReputationSettings(type="ip-reputation", zones=("bl.example",), deny=(), allow=())
    lone = LoneGateway("postfix", policies=[zone], xclient=True)
    for client in (lone.call("fe80::7%eth0"), lone.call()):
        client.say("XCLIENT ADDR=IPV6:fe80::7%eth0 HELO=mta9.example")
        client.deliver(ALICE)
        client.say("QUIT")
    assert {row.peer_address for row in lone.truths} == {"fe80::7"}
    assert lone.gateway.connections == {}
