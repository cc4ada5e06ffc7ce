"""What other verifiers say, by their rules, and what classifiers that only read say."""

from __future__ import annotations

import pytest
from book_rows import attempt
from diagnosing import REFUSAL, replied

from fake_gateways.smtp.envelope import Stage
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result
from probe.studies.diagnose.verifiers import Rules, Verdict, after_ship, passive, reacher

ANN, RANDOM = "ann@acme.example", "x7k3@acme.example"
TAKEN = replied(250, "2.1.5", "Ok")
BLOCKED = replied(550, "5.7.1", "Your address is on a blocklist")
DEFERRED = replied(451, "4.7.1", "Greylisted, try again later")
FULL = replied(552, "5.2.2", "Mailbox full")
AT_MAIL = replied(550, None, "Not wanted", stage=Stage.MAIL)
CUT = Result(Stage.RCPT, failure=Failure.LINE_CUT)


def said(rules: Rules, *replies: Result) -> tuple[bool | None, list[str]]:
    """Return what rules say after replies, and whom they asked about."""
    asking, left = rules(ANN, RANDOM), list(replies)
    asked = [next(asking)]
    try:
        while True:
            asked += [asking.send(left.pop(0))]
    except StopIteration as ended:
        assert left == []
        return ended.value, asked


@pytest.mark.parametrize(
    ("replies", "alive", "asked"),
    [
        ((TAKEN,), None, 1),
        ((REFUSAL, TAKEN), True, 2),
        ((REFUSAL, REFUSAL), False, 2),
        ((BLOCKED, BLOCKED), False, 2),
        ((REFUSAL, FULL), None, 2),
        ((DEFERRED, DEFERRED, DEFERRED, TAKEN), True, 4),
        ((DEFERRED, DEFERRED, DEFERRED, DEFERRED), None, 4),
        ((AT_MAIL, AT_MAIL), None, 2),
        ((REFUSAL, CUT, REFUSAL, REFUSAL), False, 4),
    ],
)
def test_reacher_takes_any_5_7_1_for_a_dead_mailbox(
    replies: tuple[Result, ...],
    alive: bool | None,  # noqa: FBT001
    asked: int,
) -> None:
    verdict, about = said(reacher, *replies)
    assert (verdict, len(about)) == (alive, asked)
    assert about == [RANDOM, ANN, RANDOM, ANN][:asked] or replies[0] is AT_MAIL


@pytest.mark.parametrize(
    ("replies", "alive"),
    [
        ((TAKEN,), None),
        ((AT_MAIL,), None),
        ((DEFERRED,), None),
        ((BLOCKED,), None),
        ((REFUSAL, TAKEN), True),
        ((REFUSAL, REFUSAL), False),
        ((REFUSAL, DEFERRED), False),
        ((REFUSAL, CUT), False),
    ],
)
def test_aftership_takes_any_refusal_after_a_refused_control_for_a_dead_mailbox(
    replies: tuple[Result, ...],
    alive: bool | None,  # noqa: FBT001
) -> None:
    assert said(after_ship, *replies)[0] is alive


def test_classifiers_only_read() -> None:
    refused = attempt(recipient=ANN, outcome=Outcome.REFUSED, code=550, enhanced="5.1.1", text="User unknown")
    found = passive([refused, attempt(recipient="bob@acme.example")], ANN)
    assert list(found) == ["context", "code"]
    assert found["code"] == Verdict(alive=False, probes=0)
    assert passive([refused._replace(code=554, enhanced="5.7.1", text="Spam")], ANN)["code"].alive is True
