"""The judge's join: every attempt with the decision behind it, and what joins nothing is shown."""

from __future__ import annotations

import random

import pytest
from book_rows import STARTS, attempt, refused, truth

from fake_gateways.truth import Cause, Fate
from probe.judge.join import join
from probe.records.attempt import Failure


def test_an_attempt_joins_the_decision_under_its_return_path() -> None:
    attempts = [attempt(), attempt(recipient="bob@acme.example")]
    decided = [truth(recipient="bob@acme.example"), truth()]
    joined = join(decided, attempts)
    assert joined.whole
    assert joined.pairs == [(attempts[0], decided[1]), (attempts[1], decided[0])]


def test_empty_books_are_whole() -> None:
    joined = join([], [])
    assert joined.whole
    assert joined.pairs == []


def test_an_attempt_with_a_reply_that_no_gateway_gave_has_no_counterpart() -> None:
    joined = join([], [attempt()])
    assert not joined.whole
    assert (joined.orphaned_attempts, joined.orphaned_truths, joined.pairs) == ([attempt()], [], [])


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.CUT])
def test_a_decision_without_an_attempt_has_no_counterpart(fate: Fate) -> None:
    joined = join([truth(fate=fate)], [])
    assert not joined.whole
    assert (joined.orphaned_attempts, joined.orphaned_truths) == ([], [truth(fate=fate)])


def test_surplus_attempts_and_decisions_are_listed_on_their_own_side() -> None:
    joined = join([truth(), truth(recipient="bob@acme.example")], [attempt(), attempt(seq=2)])
    assert joined.pairs == [(attempt(), truth())]
    assert joined.orphaned_attempts == [attempt(seq=2)]
    assert joined.orphaned_truths == [truth(recipient="bob@acme.example")]


def test_what_was_said_and_what_was_heard_must_be_the_same_code() -> None:
    joined = join([truth(code=250)], [refused(code=550)])
    assert (len(joined.orphaned_attempts), len(joined.orphaned_truths)) == (1, 1)


def test_a_decision_about_another_recipient_under_the_same_return_path_does_not_join() -> None:
    strange = truth(recipient="eve@acme.example", return_path=attempt().return_path)
    joined = join([strange], [attempt()])
    assert (len(joined.orphaned_attempts), len(joined.orphaned_truths)) == (1, 1)


def test_retries_join_their_decisions_in_order() -> None:
    decided = [truth(code=code, fate="deferred", seq=seq) for seq, code in enumerate((451, 421, 452), 1)]
    decided.append(truth(seq=4))
    attempts = [refused(code=code, number=number) for number, code in enumerate((451, 421, 452), 1)]
    attempts.append(attempt(number=4))
    joined = join(decided, attempts)
    assert joined.whole
    assert [decision.seq for _, decision in joined.pairs if decision] == [1, 2, 3, 4]


def test_a_refusal_of_the_greeting_joins_by_the_two_ends_of_the_socket() -> None:
    no_envelope = {"return_path": None, "recipient": "", "stage": "connect", "code": 554, "fate": "refused"}
    decided = [truth(peer_port=port, seq=seq, **no_envelope) for seq, port in enumerate((1111, 2222), 1)]
    attempts = [
        refused(local_port=2222, stage="connect", code=554),
        refused(local_port=1111, stage="connect", code=554, recipient="bob@acme.example"),
    ]
    joined = join(decided, attempts)
    assert joined.whole
    assert joined.pairs == [(attempts[0], decided[1]), (attempts[1], decided[0])]


@pytest.mark.parametrize("stage", ["connect", "ehlo"])
def test_before_mail_a_port_of_another_address_does_not_join(stage: str) -> None:
    decided = truth(return_path=None, recipient="", stage=stage, code=554, peer_address="127.10.0.2", fate="refused")
    joined = join([decided], [refused(stage=stage, code=554)])
    assert (joined.orphaned_attempts, joined.orphaned_truths) == ([refused(stage=stage, code=554)], [decided])


def test_a_port_used_again_joins_in_order() -> None:
    early = {"return_path": None, "recipient": "", "stage": "connect", "code": 554, "fate": "refused"}
    decided = [truth(seq=seq, **early) for seq in (1, 2)]
    attempts = [refused(stage="connect", code=554, number=number) for number in (1, 2)]
    assert [(one.number, other.seq) for one, other in join(decided, attempts).pairs if other] == [(1, 1), (2, 2)]


def test_a_refusal_of_mail_names_no_recipient_and_joins_by_the_return_path() -> None:
    decided = truth(recipient="", return_path=attempt().return_path, stage="mail", code=552, fate="refused")
    attempts = refused(stage="mail", code=552)
    assert join([decided], [attempts]).pairs == [(attempts, decided)]


def test_a_cut_dialogue_is_no_orphan_on_either_side() -> None:
    cut = truth(fate=Fate.CUT, stage="data", code=250)
    lost = refused(code=None, failure=Failure.LINE_CUT, stage="data")
    joined = join([cut], [lost])
    assert joined.whole
    assert joined.pairs == [(lost, cut)]


def test_a_cut_dialogue_that_the_sender_does_not_know_of_is_no_orphan() -> None:
    assert join([truth(fate=Fate.CUT)], []).whole


def test_a_network_failure_joins_without_a_decision() -> None:
    unreachable = refused(code=None, failure=Failure.UNREACHABLE, stage="connect", local_port=0)
    joined = join([], [unreachable])
    assert joined.whole
    assert joined.pairs == [(unreachable, None)]


def test_a_dialogue_cut_at_mail_joins_by_the_return_path_though_the_sender_had_gone_on() -> None:
    cut = truth(recipient="", return_path=attempt().return_path, stage="mail", fate=Fate.CUT, code=0)
    lost = refused(code=None, failure=Failure.LINE_CUT)
    assert join([cut], [lost]).pairs == [(lost, cut)]


def test_what_was_decided_after_a_failed_attempt_belongs_to_a_later_one() -> None:
    lost = refused(code=None, failure=Failure.TIMED_OUT)
    ended = lost.at + lost.duration_s
    rounded, later = truth(at=ended + 0.0005), truth(at=ended + 0.0015)
    assert join([rounded], [lost]).pairs == [(lost, rounded)]
    assert join([later], [lost]).pairs == [(lost, None)]


def test_a_reply_lost_on_the_way_still_joins_what_was_said() -> None:
    lost = refused(code=None, failure=Failure.TIMED_OUT, stage="end-of-data")
    assert join([truth()], [lost]).pairs == [(lost, truth())]


def test_the_order_of_rows_of_different_recipients_does_not_matter() -> None:
    names = [f"person{number}@acme.example" for number in range(20)]
    codes = (451, 452, 250)
    decided = [truth(recipient=name, code=code, seq=seq) for seq, code in enumerate(codes) for name in names]
    attempts = [
        attempt(recipient=name, code=code, number=number) for number, code in enumerate(codes, 1) for name in names
    ]
    first = {(one.recipient, one.number): other for one, other in join(decided, attempts).pairs}
    rng = random.Random(5)
    for rows in (decided, attempts):
        rank = {name: rng.random() for name in names}
        rows.sort(key=lambda row: rank[row.recipient])
    joined = join(decided, attempts)
    assert joined.whole
    assert {(one.recipient, one.number): other for one, other in joined.pairs} == first


def test_the_cause_plays_no_part_in_joining() -> None:
    for cause in (None, Cause.CONTENT, Cause.USER_UNKNOWN):
        decided = truth(cause=cause, claimed=Cause.USER_UNKNOWN, code=550, fate="refused")
        assert join([decided], [refused()]).pairs == [(refused(), decided)]


def test_refusals_in_the_greeting_of_two_exchangers_join_their_own_though_the_port_is_the_same() -> None:
    early = {"stage": "connect", "return_path": None, "recipient": "", "cause": Cause.IP_REPUTATION}
    decided = [
        truth(gateway="alpha", address="127.1.0.8", code=550, **early),
        truth(gateway="zed", address="127.1.0.9", code=554, **early),
    ]
    attempts = [
        refused(mx_address="127.1.0.9", stage="connect", code=554),
        refused(mx_address="127.1.0.8", stage="connect", code=550),
    ]
    joined = join(decided, attempts)
    assert joined.whole
    assert joined.pairs == [(attempts[0], decided[1]), (attempts[1], decided[0])]


def test_recipients_who_share_a_transaction_share_the_refusal_of_its_mail() -> None:
    shared = {"return_path": "news+7@bounce.sender.example", "stage": "mail", "code": 552}
    decided = truth(recipient="", fate="refused", **shared)
    attempts = [refused(recipient=f"{name}@acme.example", **shared) for name in ("ann", "bob", "cat")]
    joined = join([decided], attempts)
    assert joined.whole
    assert joined.pairs == [(each, decided) for each in attempts]


def test_a_later_transaction_of_the_same_return_path_does_not_share_the_refusal() -> None:
    shared = {"return_path": "news+7@bounce.sender.example", "stage": "mail", "code": 552}
    decided = truth(recipient="", fate="refused", **shared)
    attempts = [refused(**shared), refused(recipient="bob@acme.example", at=STARTS + 60, **shared)]
    assert join([decided], attempts).orphaned_attempts == attempts[1:]


def test_recipients_who_share_a_transaction_have_decisions_of_their_own_from_rcpt_on() -> None:
    shared = {"return_path": "news+7@bounce.sender.example"}
    decided = [
        truth(recipient="bob@acme.example", stage="rcpt", code=550, fate="refused", **shared),
        truth(recipient="ann@acme.example", **shared),
    ]
    attempts = [
        attempt(recipient="ann@acme.example", **shared),
        refused(recipient="bob@acme.example", **shared),
    ]
    assert join(decided, attempts).pairs == [(attempts[0], decided[1]), (attempts[1], decided[0])]


def test_an_attempt_at_a_foreign_server_joins_without_a_decision() -> None:
    attempts = refused(mx_address="127.9.0.1")
    assert not join([], [attempts]).whole
    joined = join([], [attempts], frozenset({"127.9.0.1"}))
    assert joined.whole
    assert joined.pairs == [(attempts, None)]
