"""The baseline file, and what is worse than in it."""

from __future__ import annotations

import pytest
from book_rows import attempt, truth
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.input_error import InputError
from probe.judge.baseline import KnownMistakes, MistakenRecipients, known_mistakes, parse, to_toml
from probe.judge.story import Key, Story, judged

names = st.lists(st.text(max_size=20), max_size=5).map(lambda each: tuple(sorted(each)))
known = st.builds(
    KnownMistakes,
    st.integers(-(2**40), 2**40),
    st.dictionaries(st.sampled_from("abc"), st.builds(MistakenRecipients, names, names), min_size=3),
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.text(max_size=9), st.text(max_size=9), min_size=1)),
)


@given(st.dictionaries(st.text(max_size=10), known, max_size=3))
def test_what_is_written_is_read_back(baseline: dict[str, KnownMistakes]) -> None:
    assert parse(to_toml(baseline), "baseline.toml") == baseline


def test_it_reads_well_and_holds_a_recipient_a_line() -> None:
    text = to_toml({"control": KnownMistakes(550, {"mine": MistakenRecipients(("news/ann@acme.example",), ())})})
    assert text == (
        "# What classifiers got wrong, by scenario. Written by: fivefifty baseline update\n"
        "\n"
        '["control"]\n'
        "seed = 550\n"
        "\n"
        '["control".classifiers."mine"]\n'
        "wrongly_suppressed = [  # 1\n"
        '  "news/ann@acme.example",\n'
        "]\n"
        "missed_dead = [  # 0\n"
        "]\n"
    )


def story(state: MailboxState, *, refused: bool = True) -> Story:
    """Return a recipient who was refused for content, or got the message."""
    outcome, code, cause = ("refused", 550, Cause.CONTENT) if refused else ("delivered", 250, None)
    tried = attempt(outcome=outcome, code=code, enhanced=None, text="no")
    return Story(Evidence("ann", (tried,)), truth(cause=cause, claimed=cause), state)


def test_the_mistakes_of_a_run_are_sorted_and_a_missing_reading_counts_as_keep() -> None:
    states = {"d": MailboxState.PRESENT, "c": MailboxState.DEPARTED, "b": MailboxState.PRESENT, "a": MailboxState.FULL}
    stories: dict[Key, Story] = {("news", name): story(state) for name, state in states.items()}
    readings = {"mine": {("news", name): Reading(Cause.USER_UNKNOWN) for name in "da"}}
    found = known_mistakes(7, ["mine", "mute"], judged(stories, readings))
    assert found.seed == 7
    assert found.classifiers == {
        "mine": MistakenRecipients(("news/a", "news/d"), ("news/c",)),
        "mute": MistakenRecipients((), ("news/c",)),
    }


def test_the_rule_that_decides_most_of_a_kind_is_the_kinds_rule_and_of_several_the_first_by_name() -> None:
    stories: dict[Key, Story] = {("news", name): story(MailboxState.PRESENT) for name in "abcd"}
    stories |= {("news", name): story(MailboxState.DEPARTED) for name in "ef"}
    stories["news", "g"] = story(MailboxState.PRESENT, refused=False)
    first, second, none = "rule 1 (r.toml:1): x", "rule 2 (r.toml:5): x", "no rule"
    reasons = {"a": second, "b": first, "c": second, "d": none, "e": second, "f": first, "g": first}
    readings = {"mine": {("news", name): Reading(None, reason) for name, reason in reasons.items()}}
    assert known_mistakes(7, ["mine"], judged(stories, readings)).rules["mine"] == {
        "alive, refused for content": "rule 2 (r.toml:5)",
        "gone, refused for content": "rule 1 (r.toml:1)",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[", "is not valid TOML"),
        ("x = 1", "is not a baseline"),
        ("[x]\nseed = 'a'\n[x.classifiers]", "is not a baseline"),
        ("[x]", "is not a baseline"),
        ("[x]\nseed = 1\n[x.classifiers.y]\nwrongly_suppressed = 3\nmissed_dead = 4", "is not a baseline"),
    ],
)
def test_what_is_no_baseline_is_told_in_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        parse(text, "baseline.toml")
    assert str(caught.value).endswith("replace it with fivefifty baseline update")
