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
    pending = PendingAnswers("mine", Refused(2))
    list(pending.requests())
    with pytest.raises(ClassifierError) as caught:
        pending.accept(answer)
    assert str(caught.value).isprintable()


def test_a_class_of_another_system_becomes_a_cause_and_an_unknown_one_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2))
    list(pending.requests())
    answer = '{"campaign":"news","recipient":"p%d@acme.example","system":"%s","class":"%s"}'
    pending.accept((answer % (0, "sisimai", "userunknown")).encode())
    assert pending.readings["p0@acme.example"].cause is Cause.USER_UNKNOWN
    for system, class_ in (("sisimai", "badluck"), ("crystal-ball", "gone")):
        with pytest.raises(ClassifierError, match=r"mine answered with an unknown class: .*(sisimai|kumomta)"):
            pending.accept((answer % (1, system, class_)).encode())


def test_an_answer_before_its_request_is_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2))
    next(pending.requests())
    pending.accept(b'{"campaign":"news","recipient":"p0@acme.example","cause":null}')
    with pytest.raises(ClassifierError, match=r"answered for a recipient that was not asked about: p1@acme\.example"):
        pending.accept(b'{"campaign":"news","recipient":"p1@acme.example","cause":null}')


def test_a_second_answer_for_a_recipient_is_an_error() -> None:
    pending = PendingAnswers("mine", Refused(2))
    list(pending.requests())
    answer = b'{"campaign":"news","recipient":"p0@acme.example","cause":null}'
    pending.accept(answer)
    with pytest.raises(ClassifierError, match=r"answered twice for p0@acme\.example"):
        pending.accept(answer)


def test_only_recipients_without_an_answer_are_asked_about_again() -> None:
    pending = PendingAnswers("mine", Refused(3))
    list(pending.requests())
    pending.accept(b'{"campaign":"news","recipient":"p1@acme.example","cause":null}')
    assert [each["recipient"] for each in pending.requests()] == ["p0@acme.example", "p2@acme.example"]
    assert pending.missing() == "p0@acme.example, p2@acme.example"
    assert not pending.complete


@pytest.mark.parametrize(("advice", "alive"), [("suppress", 0.1), ("keep", 0.9)])
def test_confidence_in_an_advice_becomes_a_probability_of_life(advice: str, alive: float) -> None:
    pending = PendingAnswers("mine", Refused(1))
    list(pending.requests())
    answer = {"campaign": "news", "recipient": "p0@acme.example", "cause": None, "advice": advice, "confidence": 0.9}
    pending.accept(json.dumps(answer).encode())
    assert pending.complete
    assert pending.readings["p0@acme.example"].alive == pytest.approx(alive)
