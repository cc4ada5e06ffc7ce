"""The sender's loop through a gateway in memory, on virtual time: connections, order, retries."""

from __future__ import annotations

import asyncio

import pytest
from lane_harness import MESSAGE, STARTS, Connection, Run, at_once, due, run

from fake_gateways.truth import Cause
from probe.judge.join import join
from probe.records.attempt import Attempt
from probe.sender.lane import Lane

# Cisco's persona offers no PIPELINING: MAIL, RCPT, DATA and the content take a round trip each, and a new
# connection two before them. Proofpoint's does (RFC 2920): a run of commands and the content, two round trips.
NEW_S, AGAIN_S = 6.0, 4.0
PIPELINED_NEW_S, PIPELINED_AGAIN_S = 4.0, 2.0


def most_open(connections: list[Connection]) -> int:
    """Return how many connections were open at once at most."""
    events = sorted(
        event
        for each in connections
        for event in ((each.opened, 1), (float("inf") if each.closed is None else each.closed, -1))
    )
    open_now = most = 0
    for _, change in events:
        open_now += change
        most = max(most, open_now)
    return most


def heard(done: Run) -> list[tuple[int, str, str, int | None]]:
    """Return number, stage, outcome and code of every attempt."""
    return [(row.number, row.stage, row.outcome, row.code) for row in done.attempts]


def test_an_errand_is_done_at_its_time_between_deliveries() -> None:
    done: list[float] = []

    async def note(at: float) -> None:
        done.append(at - STARTS)

    def prepare(lane: Lane) -> None:
        lane.later(STARTS + 50, note)

    sent = run(due(0, 100), prepare=prepare)
    assert done == [50.0]
    assert len(sent.attempts) == 2


def test_a_connection_is_used_again_while_it_is_open() -> None:
    done = run(due(0, 1, 2, 3))
    assert len(done.connections) == 1
    assert {row.local_port for row in done.attempts} == {done.connections[0].port}
    assert {row.session for row in done.truths} == {1}
    assert [row.transaction for row in done.truths] == [1, 2, 3, 4]


def test_an_idle_connection_is_closed_after_keep_open_and_a_new_one_opened() -> None:
    done = run(due(0, 100), keep_open="5s", round_trip_s=1.0)
    first, second = done.connections
    assert (first.opened, first.closed) == (1.0, NEW_S + 5.0)
    assert (second.opened, second.closed) == (101.0, 100 + NEW_S + 5.0)


@pytest.mark.parametrize(("keep_open", "connections"), [("89s", 2), ("90s", 2), ("91s", 1), ("1h", 1)])
def test_how_long_an_idle_connection_is_kept_is_the_senders_to_say(keep_open: str, connections: int) -> None:
    assert len(run(due(0, 90), keep_open=keep_open).connections) == connections


def test_the_connection_used_last_is_used_again_and_the_other_falls_idle() -> None:
    # The first is free at 6, the second at 7; at 8 and 13 one of them is enough.
    done = run(due(0, 1, 8, 13), round_trip_s=1.0)
    first, second = done.connections
    assert [row.local_port for row in done.attempts] == [first.port, second.port, second.port, second.port]
    assert first.closed == NEW_S + 5.0


def test_every_connection_is_closed_in_the_end() -> None:
    done = run(due(*[0] * 10), round_trip_s=1.0)
    assert all(each.closed is not None for each in done.connections)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_no_more_connections_are_open_at_once_than_the_sender_may_hold(limit: int) -> None:
    done = run(due(*[0] * 30), connections_per_gateway=limit, round_trip_s=1.0)
    assert most_open(done.connections) == limit
    assert len(done.connections) == limit
    assert done.finished == 30


def test_the_limit_counts_for_each_source_address() -> None:
    sources = ("127.10.0.1", "127.10.0.2")
    both = [each for source in sources for each in due(*[0] * 10, source=source)]
    done = run(both, connections_per_gateway=2, round_trip_s=1.0)
    for source in sources:
        assert most_open([each for each in done.connections if each.source == source]) == 2
    assert {(row.peer_address, row.peer_port) for row in done.truths} == {
        (each.source, each.port) for each in done.connections
    }


def test_one_connection_carries_transactions_one_after_another() -> None:
    done = run(due(0, 0, 0), connections_per_gateway=1, round_trip_s=1.0)
    assert done.began == [0, NEW_S, NEW_S + AGAIN_S]
    assert done.ended == [NEW_S, NEW_S + AGAIN_S, NEW_S + 2 * AGAIN_S]


def test_slow_round_trips_spread_over_connections() -> None:
    done = run(due(0, 0, 0), connections_per_gateway=3, round_trip_s=1.0)
    assert done.began == [0, 0, 0]
    assert done.ended == [NEW_S, NEW_S, NEW_S]
    assert len({row.local_port for row in done.attempts}) == 3


def test_what_does_not_find_a_free_connection_waits_for_the_first_one() -> None:
    # Two connections, busy until 6; at 1 and 2 more is due, which begins at 6 on either.
    done = run(due(0, 0, 1, 2, 7), connections_per_gateway=2, round_trip_s=1.0)
    assert done.began == [0, 0, NEW_S, NEW_S, NEW_S + AGAIN_S]


def test_a_slow_gateway_slows_the_sender_down_by_just_as_much() -> None:
    slow = run(due(*range(40)), connections_per_gateway=2, round_trip_s=1.0)
    # Two connections, four seconds a message: one message every two seconds, though one is due every second.
    assert slow.ended[-1] == NEW_S + 19 * AGAIN_S + 1
    assert run(due(*range(40)), connections_per_gateway=8, round_trip_s=1.0).began == [float(at) for at in range(40)]


def test_commands_sent_together_save_round_trips() -> None:
    done = run(due(0, 10), persona="proofpoint", keep_open="1m", round_trip_s=1.0)
    assert done.ended == [PIPELINED_NEW_S, 10 + PIPELINED_AGAIN_S]


def test_each_attempt_tells_campaign_return_path_and_message_id() -> None:
    (row,) = run(due(2)).attempts
    assert row == Attempt(
        lane="acme",
        seq=1,
        at=STARTS + 2,
        duration_s=0.0,
        number=1,
        campaign="news",
        message="news.eml",
        message_id="<news.0@mta1.sender.example>",
        return_path="news+ann=acme.example@bounce.sender.example",
        recipient="ann@acme.example",
        mx="mx.acme.example",
        mx_address="127.1.0.1",
        local_address="127.10.0.1",
        local_port=row.local_port,
        tls=False,
        stage="end-of-data",
        outcome="delivered",
        code=250,
        enhanced=None,
        text=row.text,
        failure=None,
        connection=1,
        position=1,
        greeting=row.greeting,
    )


def test_each_message_is_rendered_for_its_recipient_at_the_moment_of_the_attempt() -> None:
    (connection,) = run(due(2, 3)).connections
    assert connection.contents == [
        MESSAGE.render({}, to="<ann@acme.example>", message_id=f"<news.{number}@mta1.sender.example>", at=STARTS + at)
        for number, at in ((0, 2), (1, 3))
    ]


FAST = {"type": "velocity", "limit": "1/10m", "count": "recipients"}


def test_what_was_deferred_is_tried_again_later_and_taken() -> None:
    done = run(due(0, 1), policy=[FAST], retry={"first": "15m"})
    assert heard(done) == [
        (1, "end-of-data", "delivered", 250),
        (1, "rcpt", "deferred", 452),
        (2, "end-of-data", "delivered", 250),
    ]
    assert done.began == [0, 1, 901]
    assert done.finished == 2
    assert join(done.truths, done.attempts).whole


def test_retries_wait_from_the_end_of_an_attempt_by_the_schedule_until_given_up() -> None:
    full = {"ann@acme.example": "full"}
    retry = {"first": "5m", "factor": 2, "longest": "1h", "give_up_after": "3h"}
    done = run(due(0), mailboxes=full, retry=retry, round_trip_s=1.0)
    # Refused at RCPT, each attempt takes four seconds. Waits are 300, 600, 1200, 2400 and an hour from there on;
    # a seventh attempt would begin after 8124 + 3600 seconds, beyond 10,800.
    assert done.began == [0, 304, 908, 2112, 4516, 8120]
    assert {row.outcome for row in done.attempts} == {"deferred"}
    assert [row.number for row in done.attempts] == [1, 2, 3, 4, 5, 6]
    assert done.finished == 1


def test_days_of_retries_take_virtual_time_and_no_other() -> None:
    # The bench runs a lane without an event loop: had it waited for anything real, this would have failed.
    retry = {"first": "5m", "longest": "1h", "give_up_after": "7d"}
    done = run(due(0), mailboxes={"ann@acme.example": "full"}, retry=retry)
    assert done.began[-1] > 6 * 86_400
    assert done.finished == 1


def test_the_bench_tells_real_waiting_from_virtual() -> None:
    with pytest.raises(AssertionError, match="waited for something real"):
        at_once(asyncio.sleep(0))


@pytest.mark.parametrize(("state", "code"), [("departed", 550), ("disabled", 550)])
def test_what_was_refused_for_good_is_not_tried_again(state: str, code: int) -> None:
    done = run(due(0), mailboxes={"ann@acme.example": state})
    assert heard(done) == [(1, "rcpt", "refused", code)]
    assert done.finished == 1


def test_after_a_refusal_half_way_the_connection_is_reset_and_used_again() -> None:
    deliveries = [*due(0, recipient="bob@acme.example"), *due(1, 2)]
    done = run(deliveries, mailboxes={"ann@acme.example": "present"})
    assert [row.outcome for row in done.attempts] == ["refused", "delivered", "delivered"]
    (connection,) = done.connections
    assert [command.partition(b" ")[0] for command in connection.commands] == [
        *(b"MAIL", b"RCPT"),
        *(b"RSET", b"MAIL", b"RCPT", b"DATA"),
        *(b"MAIL", b"RCPT", b"DATA"),
    ]


def test_a_pipelined_run_whose_recipient_is_refused_leaves_a_connection_that_can_be_used() -> None:
    deliveries = [*due(0, recipient="bob@acme.example"), *due(1, 2)]
    done = run(deliveries, persona="consumer")
    assert [row.outcome for row in done.attempts] == ["refused", "delivered", "delivered"]
    assert len(done.connections) == 1
    assert join(done.truths, done.attempts).whole


def test_a_reply_of_421_ends_the_connection_and_the_next_message_opens_another() -> None:
    # RFC 5321 3.8: after 421 the server closes.
    done = run(due(0, 1, 2), persona="proofpoint", policy=[FAST], retry={"first": "1h"})
    assert [code for _, _, _, code in heard(done)] == [250, 421, 421, 250, 421, 250]
    ports = [each.port for each in done.connections]
    assert [ports.index(row.local_port) for row in done.attempts] == [0, 0, 1, 2, 2, 3]
    assert [each.closed for each in done.connections] == [1.0, 2.0, 3602.0, done.began[-1] + 5.0]
    assert done.finished == 3


def test_a_refused_greeting_is_an_attempt_of_each_message_on_a_connection_of_its_own() -> None:
    listed = {"type": "ip-reputation", "deny": ["127.10.0.0/24"]}
    done = run(due(0, 1), policy=[listed], claims={Cause.IP_REPUTATION: Cause.USER_UNKNOWN})
    assert heard(done) == [(1, "connect", "refused", 550), (1, "connect", "refused", 550)]
    assert [row.local_port for row in done.attempts] == [each.port for each in done.connections]
    assert all(row.return_path is None for row in done.truths)
    assert join(done.truths, done.attempts).whole


def test_an_exchanger_that_cannot_be_reached_is_tried_again() -> None:
    done = run(due(0), unreachable=2, retry={"first": "5m"})
    assert heard(done) == [
        (1, "connect", "failed", None),
        (2, "connect", "failed", None),
        (3, "end-of-data", "delivered", 250),
    ]
    assert [row.failure for row in done.attempts] == ["unreachable", "unreachable", None]
    assert [row.local_port for row in done.attempts[:2]] == [0, 0]
    assert done.began == [0, 300, 900]


def test_nobody_to_deliver_to_is_no_connection() -> None:
    done = run([])
    assert (done.attempts, done.connections, done.finished) == ([], [], 0)


def test_two_runs_of_the_same_lane_write_the_same_books() -> None:
    runs = [run(due(*range(30)), policy=[FAST], round_trip_s=0.3, retry={"first": "10m"}) for _ in range(2)]
    assert runs[0].attempts == runs[1].attempts
    assert runs[0].truths == runs[1].truths
    assert join(runs[0].truths, runs[0].attempts).whole


@pytest.mark.parametrize(("pipelining", "sessions"), [(True, 3), (False, 2)])
def test_a_server_that_ends_a_session_costs_no_recipient_an_attempt(*, pipelining: bool, sessions: int) -> None:
    # Postfix ends a session at the twentieth error; with pipelining, DATA is one as well as the refused recipient.
    done = run(due(*range(25), recipient="gone@acme.example"), persona="postfix", pipelining=pipelining)
    assert heard(done) == [(1, "rcpt", "refused", 550)] * 25
    assert len(join(done.truths, done.attempts).pairs) == 25
    assert {row.session for row in done.truths} == set(range(1, sessions + 1))
    assert [each.commands[-1] for each in done.connections[:-1]] == [b"DATA" if pipelining else b"RSET"] * (
        sessions - 1
    )
