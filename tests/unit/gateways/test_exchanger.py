"""Where mail for a domain goes (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fake_gateways.exchanger import Ask, Exchanger, exchanger_of
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
    ("records", "exchanger"),
    [
        pytest.param(
            {MX: ("20 b.example.", "10 a.example."), a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)},
            Exchanger("a.example", "127.1.0.1"),
            id="the lowest preference first (RFC 5321 5.1)",
        ),
        pytest.param(
            {MX: ("10 a.example.",), Question("a.example", "AAAA"): ("::1",)},
            Exchanger("a.example", "::1"),
            id="an exchanger that has only an IPv6 address",
        ),
        pytest.param(
            {MX: ("9 a.example.", "10 b.example."), a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)},
            Exchanger("a.example", "127.1.0.1"),
            id="preferences compared as numbers, not as text",
        ),
        pytest.param(
            {MX: ("10 a.example.", "20 b.example."), a("b.example"): ("127.1.0.2",)},
            Exchanger("b.example", "127.1.0.2"),
            id="the next one where the first has no address",
        ),
        pytest.param(
            {MX: ("10 MX.Acme.Example.",), a("mx.acme.example"): ("127.1.0.1",)},
            Exchanger("mx.acme.example", "127.1.0.1"),
            id="host names in lower case without the final dot",
        ),
        pytest.param(
            {MX: ("10   a.example.",), a("a.example"): ("127.1.0.1", "127.1.0.2")},
            Exchanger("a.example", "127.1.0.1"),
            id="the first of several addresses",
        ),
        pytest.param(
            {a("acme.example"): ("127.1.0.9",)},
            Exchanger("acme.example", "127.1.0.9"),
            id="the domain itself where there is no MX (RFC 5321 5.1)",
        ),
        pytest.param({MX: ("0 .",)}, None, id="nowhere with a null MX (RFC 7505 3)"),
        pytest.param(
            {MX: ("0 .",), a("acme.example"): ("127.1.0.9",)},
            None,
            id="nowhere with a null MX, whatever address the domain has (RFC 7505 3)",
        ),
        pytest.param(
            {MX: ("10 a.example.",), a("acme.example"): ("127.1.0.9",)},
            None,
            id="not to the domain itself where its MX leads nowhere (RFC 5321 5.1)",
        ),
        pytest.param({}, None, id="nowhere without any record"),
    ],
)
async def test_mail_goes(records: dict[Question, tuple[str, ...]], exchanger: Exchanger | None) -> None:
    ask, _ = names(records)
    assert await exchanger_of("acme.example", ask) == exchanger


async def test_a_null_mx_is_not_looked_up_as_a_host() -> None:
    ask, asked = names({MX: ("0 .",)})
    await exchanger_of("acme.example", ask)
    assert asked == [MX]


async def test_equal_preferences_are_taken_in_the_same_order_every_time() -> None:
    hosts = {a("a.example"): ("127.1.0.1",), a("b.example"): ("127.1.0.2",)}
    ask, _ = names({MX: ("10 b.example.", "10 a.example."), **hosts})
    mirrored, _ = names({MX: ("10 a.example.", "10 b.example."), **hosts})
    assert await exchanger_of("acme.example", ask) == await exchanger_of("acme.example", mirrored)


async def test_a_nameserver_that_does_not_answer_is_an_error_and_not_a_missing_domain() -> None:
    async def silence(question: Question) -> Answer:
        del question
        return Answer(failed=True)

    with pytest.raises(OSError, match=r"does not answer for acme\.example"):
        await exchanger_of("acme.example", silence)


async def test_an_exchanger_whose_address_nobody_tells_is_an_error_and_not_a_missing_domain() -> None:
    async def ask(question: Question) -> Answer:
        return Answer(("10 a.example.",)) if question == MX else Answer(failed=True)

    with pytest.raises(OSError, match=r"does not answer for a\.example"):
        await exchanger_of("acme.example", ask)
