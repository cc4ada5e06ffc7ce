"""Laws of replies that a test pastes: what a server said is said again, however a bounce has written it down."""

from __future__ import annotations

import textwrap
from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways import persona as personas
from fake_gateways.smtp.reply import Reply
from fake_gateways.wording import FIELDS
from probe.input_error import InputError
from probe.testing.told_reply import read_reply

FILLED: Final = dict.fromkeys(FIELDS, "ann@acme.example")


def said_by(persona: str) -> list[Reply]:
    """Return every reply by which a persona refuses."""
    return [refusal.say(FILLED) for refusal in personas.load(persona).refusal]


def again(text: str) -> str:
    """Return the reply in a text as a client reads it: codes, status and words without line breaks."""
    return str(read_reply(text, "here").say({}))


@pytest.mark.parametrize("persona", personas.names())
def test_what_a_persona_says_can_be_pasted_as_it_was_sent(persona: str) -> None:
    for reply in said_by(persona):
        sent = reply.octets.decode()
        assert read_reply(sent, "here").say({}).octets.decode() == sent
        assert again(sent.replace("\r\n", "\n")) == str(reply)


@pytest.mark.parametrize("persona", personas.names())
def test_what_a_persona_says_can_be_pasted_from_a_delivery_report(persona: str) -> None:
    for reply in said_by(persona):
        line = " ".join(str(reply).split())
        folded = textwrap.fill(
            f"Diagnostic-Code: smtp; {line}",
            78,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        assert " ".join(again(folded).split()) == line
        told = f"<ann@acme.example>: host mx.acme.example[192.0.2.1] said: {line} (in reply to RCPT TO command)"
        assert " ".join(again(told).split()) == line


@given(st.text(max_size=200) | st.from_regex(r"\A.{0,20}[45][0-9][0-9][ -].{0,100}\Z"))
def test_any_text_is_a_reply_that_refuses_or_a_mistake(text: str) -> None:
    with suppress(InputError):
        reply = read_reply(text, "here").say(FILLED)
        assert 400 <= reply.code <= 599
        assert reply.octets.endswith(b"\r\n")
