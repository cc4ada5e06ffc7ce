"""What becomes of a message that is taken: junk, quarantine, nothing at all, or a report to its return-path."""

from __future__ import annotations

import email
import email.policy
from typing import Any

import pytest
from flufl.bounce import scan_message
from lone_gateway import ALICE, BORIS, CLARA, CLEAN, DORIS, FILTER, RETURN_PATH, SPAM, LoneGateway, policy

from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.dsn import Layout
from fake_gateways.reports.settings import Reports
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Divert, Refuse

FILED = "filed@messenger.example"
REFUSED_AND_FILED = "refused-filed@messenger.example"
ELSEWHERE = "XCLIENT ADDR=192.0.2.7"
REFUSING = policy("ip-reputation", at="connect", deny=["127.0.0.0/8"])


def bouncing(persona: str = "exchange-onprem", **settings: Any) -> LoneGateway:
    """Return a gateway that accepts everybody and finds out afterwards who is there."""
    late = policy("directory", instead="bounce")
    return LoneGateway(persona, policies=[late], has_directory=False, **settings)


def fates(lone: LoneGateway) -> list[tuple[str, str, str | None, str | None]]:
    return [(row.recipient, row.fate, row.cause, row.claimed) for row in lone.truths]


@pytest.mark.parametrize(
    ("instead", "fate"), [("junk", Fate.JUNK), ("quarantine", Fate.QUARANTINED), ("discard", Fate.DISCARDED)]
)
def test_what_would_be_refused_may_be_taken_and_put_away(instead: str, fate: Fate) -> None:
    content = policy("content", refuse_at=7.0, rules=[rule.model_dump() for rule in FILTER.rules], instead=instead)
    lone = LoneGateway("eset", policies=[content])
    assert lone.call().deliver(ALICE, content=SPAM).code == 250
    assert fates(lone) == [(ALICE, fate, Cause.CONTENT, None)]
    assert lone.reports == []


def test_a_client_whose_mail_is_put_away_is_so_for_all_its_messages() -> None:
    lone = LoneGateway("eset", policies=[REFUSING.model_copy(update={"instead": "junk"})])
    client = lone.call()
    client.deliver(ALICE)
    client.deliver(BORIS)
    assert fates(lone) == [(each, Fate.JUNK, Cause.IP_REPUTATION, None) for each in (ALICE, BORIS)]


def test_who_is_not_there_comes_back_in_a_report_and_the_others_get_the_message() -> None:
    lone = bouncing()
    assert lone.call().deliver(ALICE, CLARA, BORIS, DORIS).code == 250
    assert fates(lone) == [
        (ALICE, Fate.INBOX, None, None),
        (CLARA, Fate.BOUNCED_LATER, Cause.USER_UNKNOWN, Cause.USER_UNKNOWN),
        (BORIS, Fate.INBOX, None, None),
        (DORIS, Fate.BOUNCED_LATER, Cause.MAILBOX_FULL, Cause.MAILBOX_FULL),
    ]
    (report,) = lone.reports
    assert (report.return_path, report.recipients, report.layout) == (RETURN_PATH, f"{CLARA} {DORIS}", Layout.EXCHANGE)
    assert report.at == lone.clock.now() + 60
    found = scan_message(email.message_from_bytes(report.content.encode("latin-1")))
    assert found == {CLARA.encode(), DORIS.encode()}


def test_a_lie_is_told_in_the_report() -> None:
    lone = bouncing(claims={Cause.MAILBOX_FULL: Cause.USER_UNKNOWN})
    lone.call().deliver(DORIS)
    assert fates(lone) == [(DORIS, Fate.BOUNCED_LATER, Cause.MAILBOX_FULL, Cause.USER_UNKNOWN)]
    assert not lone.truths[0].honest
    assert "RESOLVER.ADR" in lone.reports[0].content


def test_a_message_with_the_null_return_path_is_never_answered() -> None:
    lone = bouncing()
    lone.call().deliver(CLARA, return_path="")
    assert fates(lone) == [(CLARA, Fate.DISCARDED, Cause.USER_UNKNOWN, None)]
    assert lone.reports == []


def sent(lone: LoneGateway, parameters: str, *, mail: str = "") -> list[str]:
    """Deliver to Clara and Alice with parameters; return the reports."""
    client = lone.call()
    client.say(f"MAIL FROM:<{RETURN_PATH}>{mail}")
    for recipient in (CLARA, ALICE):
        client.say(f"RCPT TO:<{recipient}>{parameters}")
    client.say("DATA")
    client.send(CLEAN)
    return [report.content for report in lone.reports]


@pytest.mark.parametrize("notify", ["NEVER", "SUCCESS", "DELAY"])
def test_who_does_not_want_to_hear_of_failures_does_not(notify: str) -> None:
    reports = sent(bouncing(), f" NOTIFY={notify}")
    assert [CLARA in report for report in reports] == ([False] if notify == "SUCCESS" else [])


def test_who_wants_to_hear_of_success_does() -> None:
    (report,) = sent(bouncing("postfix"), " NOTIFY=SUCCESS,FAILURE")
    message = email.message_from_string(report, policy=email.policy.default)
    part = next(each for each in message.walk() if each.get_content_type() == "message/delivery-status")
    groups = [(str(each["Final-Recipient"]), str(each["Action"])) for each in part.get_payload()[1:]]
    assert groups == [(f"rfc822; {CLARA}", "failed"), (f"rfc822; {ALICE}", "delivered")]


def test_what_the_sender_gave_along_comes_back() -> None:
    (report,) = sent(bouncing("postfix"), " ORCPT=rfc822;Clara.Long@northwind.example", mail=" RET=HDRS ENVID=QQ314")
    assert "Original-Envelope-Id: QQ314" in report
    assert "Original-Recipient: rfc822;Clara.Long@northwind.example" in report
    assert "As agreed." not in report


def test_some_send_every_report_twice_and_late() -> None:
    lone = bouncing(reported=Reports.model_validate({"layout": "qmail", "twice": True, "after": "3d"}))
    lone.call().deliver(CLARA)
    first, second = lone.reports
    assert first == second
    assert first.at == lone.clock.now() + 3 * 86_400
    assert "This is the qmail-send program" in first.content


def test_a_message_that_is_refused_after_all_is_not_bounced_as_well() -> None:
    lone = bouncing()
    lone.gateway.policies[next(stage for stage in lone.gateway.policies if stage == "end-of-data")] += (
        ("content", FILTER.begin()),
    )
    assert lone.call().deliver(CLARA, content=SPAM).code == 550
    assert [row.fate for row in lone.truths] == [Fate.REFUSED]
    assert lone.reports == []


@pytest.mark.parametrize(("persona", "after"), [("proofpoint", [250, 503]), ("postfix", [503, 503])])
def test_after_a_refused_greeting_a_gateway_stays_and_shows_less(persona: str, after: list[int]) -> None:
    client = LoneGateway(persona, policies=[REFUSING]).call(helo=None)
    assert client.greeting.refuses
    assert [client.say(line).code for line in ("EHLO a.example", f"MAIL FROM:<{RETURN_PATH}>")] == after
    assert client.say("QUIT").code == 221


def test_or_it_closes() -> None:
    client = LoneGateway("symantec-cloud", policies=[REFUSING]).call(helo=None)
    assert client.greeting.refuses
    assert client.session.closing


class Words:
    """A policy that files or refuses by what it sees: address, name, sender, recipient or content of a message."""

    def __init__(self, stage: Stage, word: str, fate: Fate | None) -> None:
        self.stage = stage
        self.word = word
        self.fate = fate

    def judge(self, view: SessionView) -> Divert | Refuse | None:
        seen = {
            Stage.CONNECT: view.peer_address,
            Stage.EHLO: view.helo,
            Stage.MAIL: view.envelope.return_path,
            Stage.RCPT: view.recipient,
            Stage.END_OF_DATA: str((view.envelope.recipients, view.content)),
        }[self.stage]
        if self.word not in seen:
            return None
        return Refuse(Cause.POLICY) if self.fate is None else Divert(self.fate, Cause.POLICY)


def gateway(*words: Words, **settings: object) -> LoneGateway:
    """Return a gateway with these policies before its own."""
    lone = LoneGateway("postfix", xclient=True, **settings)  # type: ignore[arg-type]
    for each in reversed(words):
        lone.gateway.policies[each.stage] = (("words", each), *lone.gateway.policies[each.stage])
    return lone


def filed(lone: LoneGateway) -> list[Fate]:
    return [row.fate for row in lone.truths if row.recipient]


AT_MAIL = (Words(Stage.MAIL, "filed", Fate.JUNK), Words(Stage.MAIL, "refused", None))


def test_what_a_refused_mail_filed_is_not_filed_of_the_next_message() -> None:
    lone = gateway(*AT_MAIL)
    client = lone.call()
    assert client.say(f"MAIL FROM:<{REFUSED_AND_FILED}>").refuses
    assert client.deliver(ALICE).accepts
    assert client.deliver(ALICE, return_path=FILED).accepts
    assert filed(lone) == [Fate.INBOX, Fate.JUNK]


def test_nothing_of_a_refused_mail_stays_in_the_session() -> None:
    client = gateway(*AT_MAIL).call()
    for line in (f"MAIL FROM:<{REFUSED_AND_FILED}> ENVID=1", "MAIL FROM:<a@messenger.example> SIZE=10001"):
        assert client.say(line).refuses
        assert (client.session._view.envelope.return_path, client.session._decider._filed) == ("", ())


def test_what_a_refused_recipient_filed_does_not_concern_the_others() -> None:
    lone = gateway(Words(Stage.RCPT, "boris", Fate.QUARANTINED), Words(Stage.RCPT, "boris", None))
    assert lone.call().deliver(ALICE).accepts
    client = lone.call()
    replies = client.mail(ALICE, BORIS)
    assert [reply.accepts for reply in replies] == [True, True, False]
    client.say("DATA")
    client.send(CLEAN)
    assert filed(lone) == [Fate.INBOX, Fate.REFUSED, Fate.INBOX]


@pytest.mark.parametrize(
    ("stage", "word"), [(Stage.CONNECT, "127.10."), (Stage.EHLO, "mta1.messenger"), (Stage.MAIL, "filed")]
)
def test_another_client_is_not_filed_for_the_one_before_it(stage: Stage, word: str) -> None:
    lone = gateway(Words(stage, word, Fate.JUNK))
    client = lone.call()
    assert client.deliver(ALICE, return_path=FILED).accepts
    assert client.say(ELSEWHERE).accepts
    assert client.say("EHLO mta9.example").accepts
    assert client.deliver(ALICE).accepts
    assert filed(lone) == [Fate.JUNK, Fate.INBOX]


def test_a_client_is_filed_for_its_last_name_and_for_its_address() -> None:
    lone = gateway(Words(Stage.CONNECT, "192.0.2.7", Fate.QUARANTINED), Words(Stage.EHLO, "mta9", Fate.JUNK))
    client = lone.call()
    for line in ("EHLO mta9.example", "EHLO mta1.example", ELSEWHERE, "EHLO mta9.example", "EHLO mta1.example"):
        assert client.say(line).accepts
        if line.startswith("EHLO"):
            assert client.deliver(ALICE).accepts
    assert filed(lone) == [Fate.JUNK, Fate.INBOX, Fate.QUARANTINED, Fate.QUARANTINED]


def test_after_starttls_a_client_is_filed_for_its_address_only() -> None:
    lone = gateway(Words(Stage.EHLO, "mta1", Fate.JUNK))
    lone.gateway.offer("STARTTLS")
    client = lone.call()
    assert client.deliver(ALICE).accepts
    assert client.say("STARTTLS").accepts
    client.session.secured()
    assert client.say("EHLO mta9.example").accepts
    assert client.deliver(ALICE).accepts
    assert filed(lone) == [Fate.JUNK, Fate.INBOX]


def test_of_two_verdicts_the_most_severe_counts() -> None:
    both = (Words(Stage.MAIL, "filed", Fate.QUARANTINED), Words(Stage.RCPT, "alice", Fate.JUNK))
    lone = gateway(*both)
    assert lone.call().deliver(ALICE, return_path=FILED).accepts
    assert filed(lone) == [Fate.QUARANTINED]


def test_another_client_has_to_log_in_itself() -> None:
    client = gateway(login=Login(required=lambda: True)).call()
    assert client.say("AUTH PLAIN AGFubgBzZWNyZXQ=").code == 235
    assert client.say(f"{ELSEWHERE} HELO=mta9.example").accepts
    assert client.say("MAIL FROM:<>").code == 530
    assert client.say("AUTH PLAIN AGFubgBzZWNyZXQ=").code == 235


def test_with_lmtp_a_message_is_filed_for_each_recipient_by_itself() -> None:
    lone = gateway(Words(Stage.END_OF_DATA, "alice", Fate.JUNK), lmtp=True)
    client = lone.call()
    client.mail(ALICE, BORIS)
    client.say("DATA")
    client.send(CLEAN)
    assert filed(lone) == [Fate.JUNK, Fate.INBOX]


def test_nothing_is_kept_of_recipients_that_are_not_taken() -> None:
    # Before: what a refused RCPT, and one beyond the limit, asked of delivery reports was kept.
    client = gateway().call()
    client.mail(*[ALICE] * 1000)
    for number in range(50):
        assert client.say(f"RCPT TO:<p{number}@northwind.example> NOTIFY=NEVER ORCPT=rfc822;a@b.example").code == 452
    assert client.session._view.envelope.notify == {}
    client.say("RSET")
    client.mail()
    assert client.say("RCPT TO:<ä@northwind.example> NOTIFY=NEVER").refuses
    assert client.say(f"RCPT TO:<{BORIS}> NOTIFY=NEVER ORCPT=").refuses
    assert client.session._view.envelope.notify == {}
    assert client.session._view.envelope.original_recipients == {}
