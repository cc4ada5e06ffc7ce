"""A check asks what it needs; a lookup without an answer never looks like a record that is not there."""

from __future__ import annotations

import pytest
from looking import answering

from fake_gateways.policies.dns_replay import Lookup
from fake_gateways.verdict import Answer, Question
from probe.listed.answer import Came
from probe.listed.posture.finding import Finding, Grade
from probe.listed.posture.with_answers import MOST_LOOKUPS, FailedLookupError, must_answer, with_answers


def both(lookup: Lookup) -> Finding:
    """Look up a name, and another that the first one names."""
    ask = must_answer(lookup)
    second = ask("first.example", "TXT").records
    third = ask(second[0], "TXT").records if second else ("nothing",)
    return Finding("x", "both", Grade.GOOD, third[0] if third else "empty")


async def test_each_answer_may_lead_to_the_next_question() -> None:
    asked: list[str] = []
    records = {("first.example", "TXT"): ("second.example",), ("second.example", "TXT"): ("found",)}
    assert (await with_answers(both, "x", "both", answering(records, asked))).says == "found"
    assert asked == ["first.example", "second.example"]
    assert (await with_answers(both, "x", "both", answering({}))).says == "nothing"


@pytest.mark.parametrize("came", [Came.FAILURE, Came.NOTHING, Came.CUT])
async def test_no_answer_is_unknown_not_absent(came: Came) -> None:
    found = await with_answers(both, "x", "both", answering({("first.example", "TXT"): came}))
    assert found == ("x", "both", Grade.UNKNOWN, "no answer about TXT of first.example")


async def test_a_check_without_end_is_unknown() -> None:
    def endless(lookup: Lookup) -> Finding:
        for number in range(MOST_LOOKUPS + 5):
            lookup(f"n{number}.example", "A")
        raise AssertionError

    assert (await with_answers(endless, "x", "endless", answering({}))).grade is Grade.UNKNOWN


def test_a_failed_lookup_raises_what_no_library_catches() -> None:
    with pytest.raises(FailedLookupError) as caught:
        must_answer(lambda *_: Answer(failed=True))("a.example", "A")
    assert caught.value.question == Question("a.example", "A")
    assert not isinstance(caught.value, Exception)
