"""Destination queues: rate limits, limits of connections, pauses."""

from __future__ import annotations

from typing import Any

import pytest
from lane_harness import due, run

from fake_gateways.dns.mx_lookup import Exchanger
from probe.scenario.sending import Sender
from probe.sender.destination_queue import DestinationQueues


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
