"""A real Postfix's log, read: what it writes today is what the reader knows."""

from __future__ import annotations

import pytest
from postfix_instance import postfix, require_postfix

from probe.intake.event import Event, EventKind, LogLine
from probe.intake.formats import postfix as postfix_log

MESSAGE = "From: <news@news.example>\nMessage-ID: <1@news.example>\nSubject: Hello\n\nHello\n"


@pytest.mark.foreign
def test_a_real_postfixs_log_is_read() -> None:
    require_postfix()
    settings = {"relayhost": "[127.0.0.1]:1"}
    with postfix("out.example", settings) as instance:
        instance.send("news@bounce.example", "ann@acme.example", MESSAGE)
        log = instance.log()
    (event,) = postfix_log.read(LogLine(number, text) for number, text in enumerate(log.splitlines(), 1))
    assert event == Event(
        EventKind.DEFERRED,
        "ann@acme.example",
        message_id="<1@news.example>",
        return_path="news@bounce.example",
        mx="127.0.0.1",
        stage="connect",
        enhanced="4.4.1",
        text="connect to 127.0.0.1[127.0.0.1]:1: Connection refused",
    )
