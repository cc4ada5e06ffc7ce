"""What happened to recipients in one line, and the rule that decides about each kind of them."""

from __future__ import annotations

import pytest
from book_rows import attempt, truth

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.judge.kinds import kind_of, place_of, ranked, rule_in, with_file
from probe.judge.story import Story


def story(state: MailboxState, claimed: Cause | None, *, delivered: bool = False, gateway: str = "strict-2") -> Story:
    """Return a recipient who was refused for content, or got the message."""
    outcome, code, cause = ("delivered", 250, None) if delivered else ("refused", 550, Cause.CONTENT)
    tried = attempt(outcome=outcome, code=code, enhanced=None, text="no")
    return Story(Evidence("ann", (tried,)), truth(cause=cause, claimed=claimed), state, gateway)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (
            story(MailboxState.PRESENT, Cause.USER_UNKNOWN),
            "alive at strict, refused for content, answered as user-unknown",
        ),
        (story(MailboxState.DEPARTED, Cause.CONTENT), "gone at strict, refused for content"),
        (story(MailboxState.PRESENT, None, gateway=""), "alive, refused for content"),
        (story(MailboxState.PRESENT, None, delivered=True, gateway="north-wind"), "alive at north-wind, delivered"),
    ],
)
def test_a_kind_says_state_gateway_cause_and_claim(found: Story, kind: str) -> None:
    assert kind_of(found) == kind


@pytest.mark.parametrize(
    ("reason", "rule", "place"),
    [
        ("rule 3 (a.toml:24): content by stage rcpt", "rule 3 (a.toml:24)", "a.toml:24"),
        ("rule 4 no user (b/r.toml:7): dead, a class: by x", "rule 4 no user (b/r.toml:7)", "b/r.toml:7"),
        ("rules are (not: 3): this", "", ""),
        ("", "", ""),
    ],
)
def test_the_rule_and_its_place_are_read_from_a_reason(reason: str, rule: str, place: str) -> None:
    assert (rule_in(reason), place_of(rule_in(reason))) == (rule, place)


def test_the_file_of_a_rule_can_be_renamed() -> None:
    assert with_file("rule 3 (x) (a/r.toml:4)", str.upper) == "rule 3 (x) (A/R.TOML:4)"
    assert with_file("no rule", str.upper) == "no rule"


def test_kinds_are_counted_most_frequent_first() -> None:
    assert ranked(["b", "a", "b", "c"]) == [("b", 2), ("a", 1), ("c", 1)]
