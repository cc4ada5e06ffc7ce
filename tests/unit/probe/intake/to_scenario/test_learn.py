"""What is learned from the events of a log."""

from __future__ import annotations

from typing import Any

import pytest

from fake_gateways.smtp.envelope import Stage
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.to_scenario import learn
from probe.intake.to_scenario.anonymise import AsItIs
from probe.intake.to_scenario.learn import Learned, is_reply, last_result

ANN = "ann@acme.example"


def learned(*events: Event | BadLine) -> Learned:
    """Learn from events."""
    found = Learned(AsItIs())
    found.take(events)
    return found


def event(kind: EventKind = EventKind.REFUSED, recipient: str = ANN, **columns: Any) -> Event:
    """Return an event; a refusal has a code and a text."""
    reply = {} if kind is EventKind.DELIVERED else {"code": 550, "text": "no"}
    return Event(kind, recipient, **{**reply, **columns})


def words(found: Learned, recipient: str = ANN) -> list[str]:
    """Return the attempts of a recipient as the scenario writes them."""
    names = {number: reply for reply, number in found.replies.items()}
    return [found.words(number, names) for number in found.attempts[recipient]]


def test_attempts_are_replies_acceptances_and_cut_connections_in_order() -> None:
    deferred = event(EventKind.DEFERRED, code=451, text="later")
    cut = event(EventKind.DEFERRED, code=None, text="timed out")
    assert words(learned(deferred, cut, deferred, event(EventKind.DELIVERED))) == ["r1", "!", "r1", "-"]


def test_a_recipient_whose_address_lists_cannot_hold_has_a_plain_one() -> None:
    found = learned(event(recipient='"ryan."@acme.example'), event(recipient="nobody"))
    assert (list(found.attempts), found.not_addresses) == (["ryan_2e@acme.example"], 1)


def test_a_late_bounce_takes_the_place_of_the_acceptance() -> None:
    found = learned(event(EventKind.DELIVERED), event(EventKind.BOUNCED_LATER))
    assert words(found) == ["r1"]
    assert [reply.stage for reply in found.replies] == [Stage.REPORT]


def test_a_second_message_that_is_accepted_is_not_a_second_attempt() -> None:
    assert words(learned(event(EventKind.DELIVERED), event(EventKind.DELIVERED))) == ["-"]


@pytest.mark.parametrize(
    ("stage", "told_at"),
    [("connect", Stage.RCPT), ("rcpt", Stage.RCPT), ("data", Stage.END_OF_DATA), ("end-of-data", Stage.END_OF_DATA)],
)
def test_a_reply_before_rcpt_is_replayed_at_rcpt_where_the_recipient_is_known(stage: str, told_at: Stage) -> None:
    (reply,) = learned(event(stage=stage)).replies
    assert reply.stage is told_at


def test_what_is_not_an_address_is_counted_and_the_first_is_kept() -> None:
    found = learned(event(recipient="no address"), event(recipient="neither"), event())
    assert (found.not_addresses, found.not_an_address, list(found.attempts)) == (2, "no address", [ANN])


def test_bad_lines_are_counted_by_reason() -> None:
    found = learned(*(BadLine(number, "not JSON") for number in range(1, 9)))
    assert (found.skipped.total, found.skipped.first["not JSON"].number) == (8, 1)


def test_a_refusal_by_the_sending_system_is_replayed_by_its_status() -> None:
    refused = Event(EventKind.REFUSED, "ann@gone.example", enhanced="5.4.4", text="Host not found")
    found = learned(refused, refused._replace(recipient="bob@gone.example", enhanced="4.4.7"))
    assert [(reply.code, reply.enhanced) for reply in found.replies] == [(550, "5.4.4")]


@pytest.mark.parametrize("text", ["User unknown", "mailbox full", "Bad content", "Unrouteable address"])
def test_a_refusal_without_code_and_status_keeps_its_words(text: str) -> None:
    (reply,) = learned(Event(EventKind.REFUSED, ANN, text=text)).replies
    assert (reply.code, reply.enhanced, reply.wording) == (500, None, text)


@pytest.mark.parametrize(
    "text", ["", "Connection timed out", "retry timeout exceeded", "Message expired", "No route to host"]
)
def test_a_message_given_up_without_an_answer_is_a_cut_connection(text: str) -> None:
    assert words(learned(Event(EventKind.REFUSED, ANN, text=text))) == ["!"]


def test_beyond_the_most_replies_numbers_are_lost_first_and_then_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "MOST_REPLIES", 2)
    texts = ["a", "b", "wait 10 s", "wait 20 s", "c", "d"]
    found = learned(*(event(recipient=f"p{n}@acme.example", text=text) for n, text in enumerate(texts)))
    assert [reply.wording for reply in found.replies] == ["a", "b", "wait {id} s", "c", "-"]
    assert found.without_words == 1


def test_of_endless_new_replies_one_in_sixteen_is_looked_at_until_a_known_one_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learn, "MOST_REPLIES", 8)
    looked_at: list[str] = []

    def mask(text: str, *_: object) -> str:
        looked_at.append(text)
        return text

    monkeypatch.setattr(learn, "mask", mask)
    found = Learned(AsItIs())
    found.take(event(text=f"noise {chr(0x4E00 + number)}") for number in range(24 + 1600))
    assert (len(looked_at), found.without_words) == (24 + 100, 1608)
    found.take([event(text="noise \u4e00")] * 17 + [event(text="noise \u4fff")])
    assert looked_at[-2:] == ["noise \u4e00", "noise \u4fff"]


def test_the_usual_wait_before_a_retry_is_the_median() -> None:
    deferred = [event(EventKind.DEFERRED, f"p{n}@acme.example", at=1e9) for n in range(3)]
    retried = [event(EventKind.DELIVERED, f"p{n}@acme.example", at=1e9 + wait) for n, wait in enumerate((60, 300, 900))]
    assert learned(*deferred, *retried).retry_after_s == 300
    assert learned(event(at=1e9)).retry_after_s is None


def test_a_time_no_scenario_can_have_is_ignored() -> None:
    found = learned(event(at=-1.0), event(at=1e9), event(at=1e12))
    assert (found.first_at, found.last_at) == (1e9, 1e9)


def test_the_last_attempt_decides_what_a_recipient_was_told_in_the_end() -> None:
    found = learned(event(EventKind.DEFERRED), event(EventKind.DELIVERED))
    assert not is_reply(last_result(found.attempts[ANN]))
    assert is_reply(found.attempts[ANN][0])
