"""Tests of running a library again until every DNS answer it wants is known."""

from __future__ import annotations

import pytest
from lone_gateway import session_view

from fake_gateways.policies.dns_replay import Lookup, replay_with_dns, text_of
from fake_gateways.verdict import Answer, Question


def two_lookups(lookup: Lookup) -> tuple[str, ...]:
    """Look up a name, then the name that the answer gives."""
    (target,) = lookup("Messenger.example.", "MX").records
    return lookup(target, "A").records


def test_the_work_is_done_again_with_each_answer_until_it_has_a_result() -> None:
    view = session_view()
    first = replay_with_dns(view, two_lookups)
    assert first == Question("messenger.example", "MX")
    view.fresh[Question("messenger.example", "MX")] = Answer(("mx.messenger.example",))
    second = replay_with_dns(view, two_lookups)
    assert second == Question("mx.messenger.example", "A")
    view.fresh[Question("mx.messenger.example", "A")] = Answer(("127.10.0.1",))
    assert replay_with_dns(view, two_lookups) == ("127.10.0.1",)


def test_a_library_that_catches_every_exception_does_not_hide_a_question() -> None:
    def careless(lookup: Lookup) -> str:
        try:
            return lookup("messenger.example", "TXT").records[0]
        except Exception:  # noqa: BLE001 - as libraries do
            return "no answer"

    assert replay_with_dns(session_view(), careless) == Question("messenger.example", "TXT")


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ("v=spf1 -all", "v=spf1 -all"),
        ('"v=spf1 " "-all"', "v=spf1 -all"),
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        (r'"back\\slash"', "back\\slash"),
        ('""', ""),
    ],
)
def test_the_strings_of_a_txt_record_are_joined(record: str, text: str) -> None:
    assert text_of(record) == text
