"""Answers of another process: exactly one valid answer for each requested recipient."""

from __future__ import annotations

import json

import pytest
from asked_about import Refused
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.truth import Cause
from probe.classify import ClassifierError
from probe.classify.external.pending import PendingAnswers


@given(st.binary(max_size=300) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(),
       lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["cause", "recipient", "alive"]),
       inner)).map(lambda told: json.dumps(told).encode()))  # fmt: skip
def test_an_invalid_answer_is_an_error_of_one_printable_line(answer: bytes) -> None:
    pending = PendingAnswers("mine", Refused(2).values())
    list(pending.requests())
    with pytest.raises(ClassifierError) as caught:
        pending.accept(answer)
    assert str(caught.value).isprintable()


def test_a_class_of_another_system_becomes_a_cause_and_an_unknown_one_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2).values())
    list(pending.requests())
    answer = '{"campaign":"news","recipient":"p%d@acme.example","system":"%s","class":"%s"}'
    pending.accept((answer % (0, "sisimai", "userunknown")).encode())
    assert [(who, reading.cause) for who, reading in pending.taken()] == [("p0@acme.example", Cause.USER_UNKNOWN)]
    assert pending.taken() == []
    for system, class_ in (("sisimai", "badluck"), ("crystal-ball", "gone")):
        with pytest.raises(ClassifierError, match=r"mine answered with an unknown class: .*(sisimai|kumomta)"):
            pending.accept((answer % (1, system, class_)).encode())


def test_an_answer_before_its_request_is_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2).values())
    next(pending.requests())
    pending.accept(b'{"campaign":"news","recipient":"p0@acme.example","cause":null}')
    with pytest.raises(ClassifierError, match=r"answered for a recipient that was not asked about: p1@acme\.example"):
        pending.accept(b'{"campaign":"news","recipient":"p1@acme.example","cause":null}')


def test_a_second_answer_for_a_recipient_is_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2).values())
    list(pending.requests())
    answer = b'{"campaign":"news","recipient":"p0@acme.example","cause":null}'
    pending.accept(answer)
    with pytest.raises(ClassifierError, match=r"answered twice for p0@acme\.example"):
        pending.accept(answer)


def test_only_recipients_without_an_answer_are_asked_about_again() -> None:
    pending = PendingAnswers("mine", Refused(3).values())
    list(pending.requests())
    pending.accept(b'{"campaign":"news","recipient":"p1@acme.example","cause":null}')
    assert [each["recipient"] for each in pending.requests()] == ["p0@acme.example", "p2@acme.example"]
    assert pending.missing() == "p0@acme.example, p2@acme.example"
    assert not pending.complete


def test_those_who_were_not_asked_about_yet_are_asked_about_as_well_the_second_time() -> None:
    pending = PendingAnswers("mine", Refused(4).values())
    first = pending.requests()
    next(first)
    next(first)
    pending.accept(b'{"campaign":"news","recipient":"p0@acme.example","cause":null}')
    again = pending.requests()
    assert next(again)["recipient"] == "p1@acme.example"
    assert not pending.all_answered
    assert [each["recipient"] for each in again] == ["p2@acme.example", "p3@acme.example"]


def test_nobody_to_ask_about_is_nothing_to_wait_for() -> None:
    pending = PendingAnswers("mine", [])
    assert pending.missing() == "those that were not asked about yet"
    assert list(pending.requests()) == []
    assert pending.complete
    assert pending.campaign == ""


def test_the_last_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.classify.external.pending._REMEMBERED", 1)
    pending = PendingAnswers("mine", Refused(3).values())
    list(pending.requests())
    for number in (0, 1):
        pending.accept(b'{"campaign":"news","recipient":"p%d@acme.example","cause":null}' % number)
    for number, problem in ((1, "answered twice for p1@"), (0, "not asked about: p0@")):
        with pytest.raises(ClassifierError, match=problem):
            pending.accept(b'{"campaign":"news","recipient":"p%d@acme.example","cause":null}' % number)


@pytest.mark.parametrize(("advice", "alive"), [("suppress", 0.1), ("keep", 0.9)])
def test_confidence_in_an_advice_becomes_a_probability_of_life(advice: str, alive: float) -> None:
    pending = PendingAnswers("mine", Refused(1).values())
    list(pending.requests())
    answer = {"campaign": "news", "recipient": "p0@acme.example", "cause": None, "advice": advice, "confidence": 0.9}
    pending.accept(json.dumps(answer).encode())
    assert pending.complete
    [(_, reading)] = pending.taken()
    assert reading.alive == pytest.approx(alive)
