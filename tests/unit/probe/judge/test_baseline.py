"""The baseline file, and what is worse than in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.input_error import InputError
from probe.judge.baseline import KnownMistakes, MistakenRecipients, Worsening, parse, to_toml, worsenings

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


BEFORE = KnownMistakes(1, {"mine": MistakenRecipients(("n/ann", "n/bob"), ("n/cat",))})


def test_only_more_mistakes_are_worse_and_the_new_ones_are_named() -> None:
    now = {"mine": MistakenRecipients(("n/ann", "n/dan", "n/eve"), ())}
    assert list(worsenings(BEFORE, now)) == [Worsening("mine", "wrongly_suppressed", 2, 3, ("n/dan", "n/eve"))]


def test_other_mistakes_but_not_more_are_no_worsening() -> None:
    assert list(worsenings(BEFORE, {"mine": MistakenRecipients(("n/dan", "n/eve"), ("n/cat",))})) == []


def test_a_classifier_that_the_baseline_does_not_have_cannot_be_worse() -> None:
    assert list(worsenings(BEFORE, {"new": MistakenRecipients(("n/ann",) * 9, ())})) == []


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
