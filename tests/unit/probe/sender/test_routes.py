"""Routes: exchangers by preference, fallback, null MX, the DNS's time to live."""

from __future__ import annotations

from lane_harness import ADDRESS, STARTS, Run, due, run

from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.dns.zone import World
from fake_gateways.verdict import Answer, Question
from probe.judge.join import join
from probe.records.attempt import Failure
from probe.sender.recipients import Delivery
from probe.sender.routes import Routes

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


async def test_there_is_another_exchanger_until_all_of_the_route_have_been_tried() -> None:
    async def ask(question: Question) -> Answer:
        known = {"MX": ("10 mx.acme.example.",), "A": ("127.1.0.1", "127.1.0.2")}
        return Answer(known.get(question.kind, ()))

    for routes in (Routes(ask, "1"), Routes(ask, "1", Exchanger("smart", "127.1.0.1"))):
        await routes.to("acme.example", 0.0)
        assert routes.has_another("acme.example", ())
        assert routes.has_another("acme.example", ["127.1.0.1"]) is (routes._smart is None)
        assert not routes.has_another("acme.example", ["127.1.0.2", "127.1.0.1"])


async def test_the_seed_orders_exchangers_that_are_equal() -> None:
    hosts = [f"mx{number}.acme.example" for number in range(6)]

    async def ask(question: Question) -> Answer:
        return Answer(tuple(f"10 {host}." for host in hosts) if question.kind == "MX" else ("127.1.0.1",))

    async def order(seed: str) -> list[str]:
        return [each.host for each in (await Routes(ask, seed).to("acme.example", 0.0)).exchangers[::2]]

    one, same, other = await order("1"), await order("1"), await order("2")
    assert one == same != other
    assert sorted(one) == hosts


async def test_a_smart_host_needs_no_name() -> None:
    async def ask(question: Question) -> Answer:
        raise AssertionError(question)

    smart = Exchanger("smart.example", "127.9.0.1")
    assert (await Routes(ask, "1", smart).to("acme.example", 0.0)).exchangers == (smart,)
