"""What a sender does by itself: routes and fallback, brakes, pauses, encryption, shared transactions."""

from __future__ import annotations

from typing import Any

import pytest
from lane_harness import ADDRESS, STARTS, Run, due, run

from fake_gateways import persona as personas
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.dns.zone import World
from fake_gateways.verdict import Answer, Question
from probe.judge.join import join
from probe.records.attempt import Failure
from probe.scenario.sending import Sender
from probe.sender.destination_queue import DestinationQueues
from probe.sender.recipients import Delivery
from probe.sender.routes import Routes

NAMES = dict.fromkeys(("ann@acme.example", "bob@acme.example", "cat@acme.example"), "present")
DEAD = ("dead.acme.example", "A", "127.9.9.9")


def heard(done: Run) -> list[tuple[str, str, str | None]]:
    """Return exchanger, outcome and failure of every attempt."""
    return [(row.mx, row.outcome, row.failure) for row in done.attempts]


def test_mail_falls_back_to_the_next_exchanger_at_once_where_the_first_does_not_answer() -> None:
    done = run(due(0), names=[("acme.example", "MX", "5 dead.acme.example."), DEAD])
    assert heard(done) == [
        ("dead.acme.example", "failed", Failure.UNREACHABLE),
        ("mx.acme.example", "delivered", None),
    ]
    assert done.began == [0, 0]
    assert [row.number for row in done.attempts] == [1, 1]
    assert done.finished == 1
    assert join(done.truths, done.attempts).whole


def test_an_exchanger_of_higher_preference_is_tried_first_in_every_round() -> None:
    full = {"ann@acme.example": "full"}
    done = run(due(0), mailboxes=full, names=[("acme.example", "MX", "5 dead.acme.example."), DEAD],
               retry={"first": "10m", "factor": 1, "give_up_after": "15m"})  # fmt: skip
    assert [row.mx for row in done.attempts] == ["dead.acme.example", "mx.acme.example"] * 2
    assert done.began == [0, 0, 600, 600]


def test_where_all_exchangers_are_silent_it_is_tried_again_later() -> None:
    done = run(due(0), unreachable=99, retry={"first": "10m", "factor": 1, "give_up_after": "25m"})
    assert [row.failure for row in done.attempts] == [Failure.UNREACHABLE] * 3
    assert done.began == [0, 600, 1200]
    assert done.finished == 1


def test_a_null_mx_is_no_place_to_go_and_final() -> None:
    away = [(Delivery("news", 0, "ann@gone.example", STARTS, "127.10.0.1", {}),)]
    done = run(away, names=[("gone.example", "MX", "0 .")])
    (row,) = done.attempts
    assert (row.failure, row.mx, row.stage) == (Failure.NO_ROUTE, "", "connect")
    assert row.text == "the domain takes no mail (null MX)"
    assert done.finished == 1
    assert done.truths == []


def test_a_domain_that_is_no_more_is_final_too() -> None:
    away = [(Delivery("news", 0, "ann@gone.example", STARTS, "127.10.0.1", {}),)]
    (row,) = run(away).attempts
    assert (row.failure, row.text) == (Failure.NO_ROUTE, "the domain has neither exchanger nor address")


def test_a_domain_without_mx_is_its_own_exchanger() -> None:
    away = [(Delivery("news", 0, "ann@bare.example", STARTS, "127.10.0.1", {}),)]
    done = run(away, names=[("bare.example", "A", ADDRESS)])
    assert [(row.mx, row.mx_address) for row in done.attempts] == [("bare.example", ADDRESS)]


async def test_a_route_is_remembered_as_long_as_the_dns_lets_it() -> None:
    world = World()
    world.add("acme.example", "MX", "10 mx1.acme.example.", until=1000.0)
    world.add("acme.example", "MX", "10 mx2.acme.example.", since=1000.0)
    world.add("mx1.acme.example", "A", "127.1.0.1")
    world.add("mx2.acme.example", "A", "127.1.0.2")
    at = 900.0

    async def ask(question: Question) -> Answer:
        return world.answer(question, at)

    routes = Routes(ask, "1")
    for at, host in ((900.0, "mx1"), (1100.0, "mx1"), (1199.0, "mx1"), (1200.0, "mx2")):
        assert (await routes.to("acme.example", at)).exchangers[0].host == f"{host}.acme.example"


def test_a_limit_lets_so_many_transactions_begin_in_its_window() -> None:
    done = run(due(*[0] * 7), connections_per_gateway=10, limit=[{"rate": "3/1m"}])
    assert done.began == [0, 0, 0, 60, 60, 60, 120]


@pytest.mark.parametrize("to", ["*", "mx.acme.example", "acme.example", "ACME.example"])
def test_a_limit_is_for_a_domain_an_exchanger_or_each_of_them(to: str) -> None:
    assert run(due(0, 0), limit=[{"to": to, "rate": "1/1m"}]).began == [0, 60]


@pytest.mark.parametrize(("to", "together"), [("mx.acme.example", True), ("ACME.example", True), ("*", False)])
def test_an_exchanger_with_two_addresses_has_one_limit_if_it_is_named(to: str, *, together: bool) -> None:
    sender = Sender.model_validate(
        {"helo": "mta1.a.example", "return_path": "b.a.example", "rate": "1/1s", "ips": [{"address": "127.10.0.1"}],
         "limit": [{"to": to, "rate": "1/1m"}]}
    )  # fmt: skip
    queues = DestinationQueues(sender)
    one, two = (
        queues.to(Exchanger("mx.acme.example", address), "127.10.0.1", "acme.example")
        for address in ("127.1.0.1", "127.1.0.2")
    )
    assert (one.rate_limits[0] is two.rate_limits[0]) is together


def test_a_limit_for_another_destination_holds_nobody_back() -> None:
    assert run(due(0, 0), limit=[{"to": "beta.example", "rate": "1/1m"}]).began == [0, 0]


def test_the_narrower_of_two_limits_counts() -> None:
    done = run(due(0, 0, 0), limit=[{"rate": "2/1h"}, {"to": "acme.example", "rate": "1/1m"}])
    assert done.began == [0, 60, 3600]


def test_a_limit_of_connections_is_less_than_the_senders_own() -> None:
    done = run(due(*[0] * 6), connections_per_gateway=4, limit=[{"connections": 2}], round_trip_s=1.0)
    assert len(done.connections) == 2


BLOCKED: dict[str, Any] = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"]}]}


def test_after_so_many_refusals_in_a_row_the_sender_pauses() -> None:
    done = run(due(*range(6)), pause={"after": 2, "for": "1h"}, **BLOCKED)
    assert done.began == [0, 1, 3601, 3601, 7201, 7201]


def test_a_delivery_between_refusals_begins_the_count_anew() -> None:
    mailboxes = {"ann@acme.example": "present", "bob@acme.example": "departed"}
    ann, bob = (lambda at: due(at)[0], lambda at: due(at, recipient="bob@acme.example")[0])
    done = run([bob(0), ann(1), bob(2), ann(3)], mailboxes=mailboxes, pause={"after": 2, "for": "1h"})
    assert done.began == [0, 1, 2, 3]


def test_without_a_pause_everything_is_tried() -> None:
    assert run(due(*range(6)), **BLOCKED).began == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("tls", "encrypted"), [("none", False), ("may", True), ("must", True)])
def test_a_line_is_encrypted_as_the_sender_wants_it(tls: str, *, encrypted: bool) -> None:
    done = run(due(0), persona="postfix", tls=tls)
    (row,) = done.attempts
    assert (row.outcome, row.tls) == ("delivered", encrypted)
    assert (b"STARTTLS" in done.connections[0].commands) is encrypted


def test_a_server_without_tls_may_be_mailed_in_the_clear_but_not_by_who_must_encrypt() -> None:
    plain = next(name for name in personas.names() if "STARTTLS" not in personas.load(name).keywords)
    (row,) = run(due(0), persona=plain, tls="may").attempts
    assert (row.outcome, row.tls) == ("delivered", False)
    done = run(due(0), persona=plain, tls="must", retry={"first": "10m", "give_up_after": "5m"})
    (row,) = done.attempts
    assert (row.outcome, row.failure, row.stage) == ("failed", Failure.NO_TLS, "ehlo")


def test_commands_are_sent_one_by_one_where_pipelining_is_off() -> None:
    together = run(due(0), persona="postfix", round_trip_s=1.0)
    one_by_one = run(due(0), persona="postfix", round_trip_s=1.0, pipelining=False)
    assert (together.ended, one_by_one.ended) == ([4.0], [6.0])


def shared(*recipients: str) -> list[tuple[Delivery, ...]]:
    """Return one transaction for several recipients."""
    return [
        tuple(
            Delivery("news", number, recipient, STARTS, "127.10.0.1", {}, shares=True)
            for number, recipient in enumerate(recipients)
        )
    ]


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_recipients_of_a_shared_transaction_each_have_their_own_outcome(persona: str) -> None:
    mailboxes = {**NAMES, "bob@acme.example": "departed", "cat@acme.example": "full"}
    done = run(shared(*NAMES), persona=persona, mailboxes=mailboxes, retry={"first": "1h", "give_up_after": "30m"})
    assert [(row.recipient[:3], row.stage, row.outcome) for row in done.attempts] == [
        ("ann", "end-of-data", "delivered"),
        ("bob", "rcpt", "refused"),
        ("cat", "rcpt", "deferred"),
    ]
    assert {row.return_path for row in done.attempts} == {"news+0@bounce.sender.example"}
    assert len(done.connections[0].contents) == 1
    assert b"To: undisclosed-recipients:;" in done.connections[0].contents[0]
    assert done.finished == 3
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_only_the_deferred_of_a_shared_transaction_are_tried_again(persona: str) -> None:
    done = run(shared(*NAMES), persona=persona, mailboxes={**NAMES, "cat@acme.example": "full"},
               retry={"first": "10m", "factor": 1, "give_up_after": "15m"})  # fmt: skip
    assert [(row.recipient[:3], row.number) for row in done.attempts] == [
        ("ann", 1),
        ("bob", 1),
        ("cat", 1),
        ("cat", 2),
    ]
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_no_message_is_sent_where_all_recipients_are_refused(persona: str) -> None:
    gone = dict.fromkeys(NAMES, "departed")
    done = run(shared(*NAMES), persona=persona, mailboxes=gone)
    assert [row.outcome for row in done.attempts] == ["refused"] * 3
    assert [content for content in done.connections[0].contents if content] == []
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"])
def test_a_refusal_at_any_stage_reaches_all_who_share_the_transaction(at: str) -> None:
    policy = [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": at}]
    done = run(shared(*NAMES), mailboxes=NAMES, policy=policy, persona="postfix")
    assert [(row.stage, row.outcome) for row in done.attempts] == [(at, "refused")] * 3
    assert join(done.truths, done.attempts).whole


DEPARTED = {**NAMES, "bob@acme.example": "departed"}
LIFTED: dict[str, Any] = {
    "policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "until": "1h"}],
    "claims": {"ip-reputation": "user-unknown"},
}


def test_who_was_refused_is_tried_once_more_from_another_address() -> None:
    done = run(due(0), mailboxes={"ann@acme.example": "departed"},
               ips=[{"address": "127.10.0.1"}, {"address": "127.10.0.2"}],
               retest={"after": "1d", "who": "refused"})  # fmt: skip
    assert done.began == [0, 86_400]
    assert [(row.number, row.local_address, row.outcome) for row in done.attempts] == [
        (1, "127.10.0.1", "refused"),
        (2, "127.10.0.2", "refused"),
    ]
    assert done.finished == 1
    assert join(done.truths, done.attempts).whole


def test_further_attempts_keep_to_their_own_pace() -> None:
    done = run(due(*range(3)), **LIFTED, retest={"after": "2h", "who": "refused", "rate": "2/1h"})
    assert [round(at) for at in done.began] == [0, 1, 2, 7200, 9000, 10800]
    assert [row.outcome for row in done.attempts] == ["refused"] * 3 + ["delivered"] * 3


def test_who_is_surely_gone_is_not_tried_again_and_who_was_refused_in_a_run_is() -> None:
    people = [f"person{number}@acme.example" for number in range(800)]
    gone = set(people[300::100])
    boxes = {each: "departed" if each in gone else "present" for each in people}
    block = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "until": "30s"}],
             "claims": {"ip-reputation": "user-unknown"}}  # fmt: skip
    deliveries = [due(float(place), recipient=each)[0] for place, each in enumerate(people)]
    done = run(deliveries, mailboxes=boxes, **block, retest={"after": "2h"})
    again = {row.recipient for row in done.attempts if row.number == 2}
    assert again == set(people[:30])


def test_when_a_run_of_refusals_is_not_about_the_recipients_the_sender_pauses() -> None:
    blocked = {**LIFTED, "policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect", "until": "1h"}]}
    plain, pausing = (
        run(due(*range(10)), **blocked, **how) for how in ({}, {"pause": {"when": "context", "for": "2h"}})
    )
    assert sum(row.outcome == "refused" for row in plain.attempts) == 10
    assert sum(row.outcome == "refused" for row in pausing.attempts) < 5
    assert pausing.finished == 10


def test_while_one_address_pauses_what_waits_may_go_out_from_another() -> None:
    blocked = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect"}],
               "claims": {"ip-reputation": "user-unknown"},
               "ips": [{"address": "127.10.0.1"}, {"address": "127.10.0.2"}]}  # fmt: skip
    done = run(due(*range(10)), **blocked, pause={"when": "context", "for": "2h", "switch": True})
    delivered = [row for row in done.attempts if row.outcome == "delivered"]
    assert len(delivered) >= 6
    assert {row.local_address for row in delivered} == {"127.10.0.2"}
    assert max(done.began) < 7200


def test_a_block_that_does_not_end_is_not_waited_out_for_ever() -> None:
    blocked = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect"}],
               "claims": {"ip-reputation": "user-unknown"}}  # fmt: skip
    done = run(due(*range(40)), **blocked, pause={"when": "context", "for": "1h"})
    assert len(done.attempts) == done.finished == 40
    assert max(done.began) < 14 * 3600
