"""The result of a run in sentences."""

from __future__ import annotations

import pytest
from report_content import content, gone, kept, lied

from probe.judge.scorecard import AS_THE_LOG_SAYS, Scorecard
from probe.judge.watched import SeenState, WatchScore
from probe.report.summary import count, summary


def card(**figures: int | str | WatchScore) -> Scorecard:
    """Return the scorecard of a small run with other figures."""
    made = content([lied("ann"), lied("bob"), gone("cy"), kept("dee")]).scorecard
    for name, value in figures.items():
        setattr(made, name, value)
    return made


def test_it_says_who_received_the_message_what_was_reported_and_what_is_true() -> None:
    assert summary(card(delivered=0, refused_otherwise=2, given_up=1)) == [
        "Of 4 recipients, 0 received the message.",
        "Reported: 3 hard bounces (75.0%).",
        "Really gone: 1 of them (33%).",
        "Alive: 2, refused for velocity (2) in replies that say: no such mailbox.",
        "Also not delivered: 3 (2 refused for other reasons, 1 deferred until the sender gave up).",
    ]


def test_of_a_replayed_log_unknown_causes_come_first_and_nothing_is_called_true() -> None:
    made = card(truth_is=AS_THE_LOG_SAYS, quarantined=1, delivered=1)
    made.truth.by_cause["unknown"].refused = 1
    lines = summary(made)
    assert lines[0].startswith("Causes still unknown: those of 1 of ")
    assert lines[2:6] == [
        "Of 4 recipients, 0 received the message.",
        "Accepted but not delivered: 1 quarantined.",
        "Reported: 3 hard bounces (75.0%).",
        "Gone, as the log says: 1 of them (33%).",
    ]


def test_mail_that_was_accepted_and_lost_is_not_counted_as_received() -> None:
    lines = summary(card(delivered=4, quarantined=1, bounced_later=2, junked=1))
    assert lines[0] == "Of 4 recipients, 1 received the message (1 of them in junk)."
    assert lines[1] == "Accepted but not delivered: 1 quarantined, 2 bounced later."


def test_refusals_whose_cause_is_unknown_are_told_by_what_they_say() -> None:
    made = card()
    made.truth.by_cause["unknown"].disguised = 1
    made.truth.misread = 3
    lines = summary(made)
    assert "Alive: 2, refused for velocity (2), an unknown cause (1) in replies that say: no such mailbox." in lines
    assert (
        "Also alive: 3. Their refusals did not say that the mailbox is gone, but their codes read as a hard bounce."
        in lines
    )


def test_a_message_that_is_too_large_is_said_with_the_remedy() -> None:
    made = card()
    made.truth.by_cause["too-large"].refused = 3
    assert (
        "The message was too large for the gateways of 3 recipients; make it smaller, or raise the gateway's "
        "size_limit." in summary(made)
    )


@pytest.mark.parametrize(("number", "text"), [(0, "0 gates"), (1, "1 gate"), (1234, "1,234 gates")])
def test_a_number_has_its_noun_in_the_right_form(number: int, text: str) -> None:
    assert count(number, "gate") == text


def test_a_run_that_watched_blocklists_says_what_that_would_have_told() -> None:
    assert summary(card(watched=WatchScore(looks=1)))[-1] == "Blocklists were looked at 1 time: no listing was seen."
    seen = [
        SeenState("127.10.0.3", "b.example", "unknown", 0.0, 60.0, "time-out"),
        SeenState("127.10.0.2", "a.example", "listed", 3900.0, 7200.0, ""),
    ]
    watched = WatchScore(looks=9, listed=1, first_listed_s=3900.0, seen=seen)
    first = "Listed: 127.10.0.2 on a.example, seen 1:05 h after the start."
    assert summary(card(watched=watched))[-1] == first
    watched.first_refused_s, watched.unseen_until_refusal, watched.unseen_cost = 14_400.0, 1, 0.5
    first_refusal, *others = reversed(summary(card(watched=watched)))
    assert others[0] == first
    assert first_refusal == (
        "The first refusal for a listing came 4:00 h after the start. "
        "Until then 1 message missed the inbox for it, at a cost of 0.50."
    )
