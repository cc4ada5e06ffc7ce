"""Where mail for a domain goes (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fake_gateways.dns.mx_lookup import NO_ADDRESS, NO_ANSWER, NOT_THERE, NULL_MX, Ask, Exchanger, way_to
from fake_gateways.verdict import Answer, Question

MX = Question("acme.example", "MX")


def a(name: str) -> Question:
    """Return the question for a name's address."""
    return Question(name, "A")


def names(records: Mapping[Question, tuple[str, ...]]) -> tuple[Ask, list[Question]]:
    """Return a nameserver that knows these records, and the list of what it is asked."""
    asked: list[Question] = []

    async def ask(question: Question) -> Answer:
        asked.append(question)
        return Answer(records.get(question, ()))

    return ask, asked


@pytest.mark.parametrize(
    ("records", "exchangers"),
    [
        pytest.param(
            {MX: ("20 b.example.", "10 a.example."), a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)},
            [Exchanger("a.example", "127.1.0.1"), Exchanger("b.example", "127.1.0.2")],
            id="the lowest preference first (RFC 5321 5.1)",
        ),
        pytest.param(
            {MX: ("10 a.example.",), Question("a.example", "AAAA"): ("::1",)},
            [Exchanger("a.example", "::1")],
            id="an exchanger that has only an IPv6 address",
        ),
        pytest.param(
            {MX: ("9 a.example.", "10 b.example."), a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)},
            [Exchanger("a.example", "127.1.0.1"), Exchanger("b.example", "127.1.0.2")],
            id="preferences compared as numbers, not as text",
        ),
        pytest.param(
            {MX: ("10 a.example.", "20 b.example."), a("b.example"): ("127.1.0.2",)},
            [Exchanger("b.example", "127.1.0.2")],
            id="the next one where the first has no address",
        ),
        pytest.param(
            {MX: ("10 MX.Acme.Example.",), a("mx.acme.example"): ("127.1.0.1",)},
            [Exchanger("mx.acme.example", "127.1.0.1")],
            id="host names in lower case without the final dot",
        ),
        pytest.param(
            {MX: ("10 RELAYX.",), a("relayx"): ("127.1.0.1",)},
            [Exchanger("relayx", "127.1.0.1")],
            id="of a host name only the dot is dropped",
        ),
        pytest.param(
            {MX: ("10   a.example.",), a("a.example"): ("127.1.0.1", "127.1.0.2")},
            [Exchanger("a.example", "127.1.0.1"), Exchanger("a.example", "127.1.0.2")],
            id="each of several addresses",
        ),
        pytest.param(
            {a("acme.example"): ("127.1.0.9",)},
            [Exchanger("acme.example", "127.1.0.9")],
            id="the domain itself where there is no MX (RFC 5321 5.1)",
        ),
    ],
)
async def test_mail_goes(records: dict[Question, tuple[str, ...]], exchangers: list[Exchanger]) -> None:
    ask, _ = names(records)
    assert list((await way_to("acme.example", ask)).exchangers) == exchangers


@pytest.mark.parametrize(
    ("records", "obstacle"),
    [
        pytest.param({MX: ("0 .",)}, NULL_MX, id="a null MX (RFC 7505 3)"),
        pytest.param(
            {MX: ("0 .",), a("acme.example"): ("127.1.0.9",)},
            NULL_MX,
            id="a null MX, whatever address the domain has (RFC 7505 3)",
        ),
        pytest.param(
            {MX: ("10 a.example.",), a("acme.example"): ("127.1.0.9",)},
            NO_ADDRESS,
            id="an MX that leads nowhere is no reason to go to the domain itself (RFC 5321 5.1)",
        ),
        pytest.param({}, NOT_THERE, id="no record at all"),
    ],
)
async def test_mail_goes_nowhere(records: dict[Question, tuple[str, ...]], obstacle: str) -> None:
    ask, _ = names(records)
    way = await way_to("acme.example", ask)
    assert (way.exchangers, way.obstacle, way.may_clear) == ((), obstacle, False)


async def test_a_null_mx_is_not_looked_up_as_a_host() -> None:
    ask, asked = names({MX: ("0 .",)})
    await way_to("acme.example", ask)
    assert asked == [MX]


async def test_equal_preferences_are_taken_in_the_order_of_the_lot() -> None:
    hosts = {a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)}
    ask, _ = names({MX: ("10 b.example.", "10 a.example."), **hosts})
    mirrored, _ = names({MX: ("10 a.example.", "10 b.example."), **hosts})
    assert await way_to("acme.example", ask) == await way_to("acme.example", mirrored)
    drawn = await way_to("acme.example", ask, {"b.example.": 0.1, "a.example.": 0.2}.__getitem__)
    assert [each.host for each in drawn.exchangers] == ["b.example", "a.example"]


async def test_a_nameserver_that_does_not_answer_may_answer_another_time() -> None:
    async def silence(question: Question) -> Answer:
        del question
        return Answer(failed=True)

    way = await way_to("acme.example", silence)
    assert (way.obstacle, way.may_clear, way.ttl_s) == (NO_ANSWER, True, 0.0)


async def test_an_exchanger_whose_address_nobody_tells_is_no_missing_domain() -> None:
    async def ask(question: Question) -> Answer:
        return Answer(("10 a.example.",)) if question == MX else Answer(failed=True)

    assert (await way_to("acme.example", ask)).obstacle == NO_ANSWER


@pytest.mark.parametrize(
    "records",
    [
        {MX: ("10 a.example.",), a("a.example"): ("127.1.0.1",)},
        {MX: ("10 a.example.",)},
        {MX: ("0 .",)},
        {a("acme.example"): ("127.1.0.9",)},
        {},
    ],
)
async def test_a_way_is_known_for_as_long_as_the_exchangers_are(records: dict[Question, tuple[str, ...]]) -> None:
    async def ask(question: Question) -> Answer:
        return Answer(records.get(question, ()), ttl_s=60.0 if question == MX else 5.0)

    assert (await way_to("acme.example", ask)).ttl_s == 60.0


@pytest.mark.parametrize("silent", ["A", "AAAA"])
async def test_one_address_that_nobody_tells_may_be_the_one_that_is_missing(silent: str) -> None:
    async def ask(question: Question) -> Answer:
        return Answer(("10 a.example.",) if question == MX else (), failed=question.kind == silent)

    way = await way_to("acme.example", ask)
    assert (way.obstacle, way.may_clear, way.ttl_s, way.exchangers) == (NO_ANSWER, True, 0.0, ())


async def test_the_addresses_of_each_exchanger_are_asked_for_in_order() -> None:
    ask, asked = names({MX: ("10 a.example.", "20 .", "30 b.example.")})
    await way_to("acme.example", ask)
    hosts = [Question(host, kind) for host in ("a.example", "b.example") for kind in ("A", "AAAA")]
    assert asked == [MX, *hosts]
