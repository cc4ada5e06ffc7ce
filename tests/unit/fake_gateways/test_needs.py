"""Tests of who answers the queries of a session."""

from __future__ import annotations

import pytest

from fake_gateways.needs import UNANSWERED, GivenUpError, QueryHandler
from fake_gateways.verdict import Answer, Question, Scan, Wait

QUESTION = Question("messenger.example", "MX")


class Recorder:
    """Answers DNS questions, and notes how long it was asked to wait."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def ask(self, question: Question) -> Answer:
        return Answer((question.name,))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def scan_by(name: str) -> Scan:
    return Scan(name, b"text", "127.10.0.1", "mta1.messenger.example", "", ())


async def test_a_question_goes_to_the_resolver_and_a_wait_to_the_clock() -> None:
    recorder = Recorder()
    answer_query = QueryHandler(recorder.ask, recorder.sleep)
    assert await answer_query(QUESTION) == Answer(("messenger.example",))
    assert await answer_query(Wait(5.0)) == Answer()
    assert recorder.slept == [5.0]


async def test_a_client_gives_up_when_its_patience_ends() -> None:
    recorder = Recorder()
    answer_query = QueryHandler(recorder.ask, recorder.sleep, patience_s=300.0)
    assert await answer_query(Wait(300.0)) == Answer()
    with pytest.raises(GivenUpError):
        await answer_query(Wait(301.0))
    assert recorder.slept == [300.0, 300.0]


async def test_a_scan_goes_to_the_scanner_of_its_name_and_fails_without_one() -> None:
    async def scan(_: Scan) -> Answer:
        return Answer(("7.5",))

    recorder = Recorder()
    answer_query = QueryHandler(recorder.ask, recorder.sleep, {"rspamd": scan})
    assert await answer_query(scan_by("rspamd")) == Answer(("7.5",))
    assert await answer_query(scan_by("spamassassin")) == UNANSWERED
