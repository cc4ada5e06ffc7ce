"""Replies of a server that no persona words."""

from __future__ import annotations

from fake_gateways.smtp import standard_replies
from fake_gateways.smtp.reply import Reply


def test_every_standard_reply_has_an_enhanced_status_of_its_class() -> None:
    replies = [value for value in vars(standard_replies).values() if isinstance(value, Reply)]
    assert replies
    assert [reply for reply in replies if reply.enhanced is None or reply.enhanced.klass != reply.code // 100] == []


def test_a_status_reply_is_one_line() -> None:
    assert str(standard_replies.status_reply(421, "4.4.2", "Timeout")) == "421 4.4.2 Timeout"
