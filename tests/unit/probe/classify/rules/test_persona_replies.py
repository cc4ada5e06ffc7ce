"""The replies of the personas, as rules see them."""

from __future__ import annotations

from fake_gateways import persona
from probe.classify.rules.persona_replies import EXAMPLE_VALUES, known_replies


def test_every_reply_is_known_once_and_complete() -> None:
    replies = known_replies()
    assert len({known.reply for known in replies}) == len(replies) > 200
    assert all("{" not in known.reply.text for known in replies)


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
