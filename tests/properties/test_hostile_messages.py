"""Content is untrusted: whatever a message holds, the filter gives it points and nothing falls over."""

from __future__ import annotations

import math

from hypothesis import given
from lone_gateway import ALICE, FILTER, LoneGateway
from strategies import examples, hostile_messages

from fake_gateways.policies.content import Content, ContentSettings
from fake_gateways.policies.message_parts import dissect

FILTER_OF_OURS = Content(ContentSettings(type="content"))


@examples(300)
@given(hostile_messages)
def test_every_message_can_be_dissected_and_scored(message: bytes) -> None:
    points = FILTER_OF_OURS.score(dissect(message))
    assert math.isfinite(points)
    assert points >= 0.0


@examples(60)
@given(hostile_messages)
def test_every_message_gets_a_reply_and_a_truth(message: bytes) -> None:
    lone = LoneGateway(policies=[FILTER])
    reply = lone.call().deliver(ALICE, content=message)
    assert [(row.recipient, row.code) for row in lone.truths] == [(ALICE, reply.code)]


def test_a_thousand_parts_in_each_other_are_read() -> None:
    message = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 1000
    assert dissect(message).attachments == ""
