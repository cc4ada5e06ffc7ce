"""What experiments can tell: nothing where causes show the same."""

from __future__ import annotations

from studied import diagnosed, subject

from fake_gateways.truth import Cause
from probe.diagnose.conditions import Depth
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import Pattern
from probe.studies.diagnose.accuracy import Subject
from probe.studies.diagnose.told import signature_of, with_what_is_told

SHOWS = {"first": "refused at rcpt", "control": "taken at rcpt"}


def showing(cause: Cause, **kind: bool) -> Subject:
    """Return a recipient at a gateway of a cause that shows the same as all others."""
    return subject(cause, **kind)._replace(signature=signature_of(SHOWS))


def told(*subjects: Subject, known: tuple[Pattern, ...] = ()) -> list[tuple[bool, bool]]:
    """Return for each recipient whether experiments can tell the cause and the state of the mailbox."""
    found = with_what_is_told([diagnosed(each, Cause.CONTENT) for each in subjects], known)
    return [(each.subject.cause_told, each.subject.mailbox_told) for each in found]


def test_nobody_can_tell_causes_apart_that_show_the_same() -> None:
    assert told(showing(Cause.VELOCITY), showing(Cause.CONTENT)) == [(False, True), (False, True)]


def test_what_shows_something_else_can_be_told() -> None:
    assert told(subject(Cause.VELOCITY), subject(Cause.CONTENT)) == [(True, True), (True, True)]


def test_known_patterns_count() -> None:
    pattern = Pattern(Hypothesis(Cause.CONTENT, alive=True), Depth.RCPT, SHOWS, times=100)
    assert told(showing(Cause.VELOCITY), known=(pattern,)) == [(False, True)]


def test_what_is_rare_does_not_hide_what_is_frequent() -> None:
    rare = Pattern(Hypothesis(Cause.MAILBOX_FULL, alive=True), Depth.RCPT, SHOWS, times=1)
    assert told(showing(Cause.USER_UNKNOWN, lies=False), known=(rare,)) == [(True, True)]


def test_the_living_and_the_gone_behind_the_same_block_cannot_be_told_apart() -> None:
    gone = showing(Cause.VELOCITY, alive=False)._replace(recipient="bob@acme.example")
    assert told(showing(Cause.VELOCITY), gone) == [(True, False), (True, False)]


def test_noise_on_top_is_not_another_recipient() -> None:
    one = showing(Cause.VELOCITY)
    assert told(one, one, one) == [(True, True)] * 3
