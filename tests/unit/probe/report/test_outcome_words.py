"""Every kind of reply has words of its own."""

from __future__ import annotations

from probe.diagnose.reply_kind import Answer, Place, ReplyKind
from probe.report.outcome_words import in_words


def test_a_kind_is_told_in_words() -> None:
    assert in_words("taken at rcpt") == "accepted, at RCPT"
    assert in_words("refused at content") == "refused, read as another reason, after the message"
    assert in_words("alike") == "the same words as at first"


def test_different_kinds_are_different_words() -> None:
    told = [in_words(str(ReplyKind(answer, place))) for answer in Answer for place in Place]
    assert len(set(told)) == len(told)
