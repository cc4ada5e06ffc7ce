"""What the observations keep of a reply."""

from __future__ import annotations

from book_rows import STARTS, attempt, refused
from circumstances import REPORT, evidence_of

from probe.classify.context.refusal import key_of
from probe.classify.context.replies_by_stage import ACCEPTED, RANK
from probe.classify.context.reply import Reply, reply_of, reported_reply
from probe.classify.context.words import words_key


def test_an_acceptance_has_the_last_rank_and_no_key() -> None:
    found = Reply(
        at=STARTS,
        rank=ACCEPTED,
        source="127.10.0.1",
        message="news.eml",
        is_later=True,
        blames_sender=False,
        key=0,
    )
    assert reply_of(attempt(position=2)) == found


def test_a_refusal_has_the_rank_of_its_stage_and_a_key() -> None:
    row = refused(text="User unknown")
    found = reply_of(row)
    assert found is not None
    assert (found.rank, found.key, found.blames_sender, found.is_later) == (RANK["rcpt"], key_of(row), False, False)
    assert found.words == words_key("user unknown")


def test_a_temporary_refusal_is_kept_only_if_it_blames_the_sender() -> None:
    found = reply_of(refused(code=451, text="too many messages"))
    assert found is not None
    assert (found.blames_sender, found.key) == (True, None)
    assert reply_of(refused(code=451, text="try later")) is None


def test_a_report_is_a_refusal_after_all_stages() -> None:
    row = attempt()
    found = reported_reply(evidence_of(row, returned=(REPORT._replace(recipient=row.recipient),)), 0)
    assert (found.rank, found.key) == (RANK["report"], key_of(row._replace(stage="report")))
    assert (found.at, found.words, found.blames_sender) == (row.at, words_key("user unknown"), False)
