"""The replies of the personas, as rules see them."""

from __future__ import annotations

from fake_gateways import persona
from fake_gateways.truth import Cause
from probe.classify.rules.persona_replies import EXAMPLE_VALUES, known_replies


def test_every_reply_is_known_once_for_each_cause_and_complete() -> None:
    replies = known_replies()
    assert len({(known.reply, known.cause) for known in replies}) == len(replies) > 200
    assert all("{" not in known.reply.text for known in replies)


def test_a_reply_that_a_persona_gives_for_two_causes_is_known_with_both() -> None:
    # Postfix repeats the words of the server behind it, whatever its reason was.
    causes = {known.cause for known in known_replies() if "undeliverable address: 550" in known.reply.text}
    assert causes == {Cause.USER_UNKNOWN, Cause.SYSTEM}


def test_every_persona_is_known_with_the_causes_of_its_refusals() -> None:
    replies = known_replies()
    assert {known.persona for known in replies} <= set(persona.names())
    for name in ("mimecast", "postfix"):
        causes = {refusal.cause for refusal in persona.load(name).refusal}
        found = {known.cause for known in replies if known.persona == name}
        assert found
        assert found <= causes


def test_placeholders_get_the_same_values_everywhere() -> None:
    assert {known.reply.recipient for known in known_replies()} == {EXAMPLE_VALUES["recipient"]}
