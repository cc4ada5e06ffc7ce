"""What options say about a log."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.intake.event import EventKind
from probe.intake.hints import Hints
from probe.intake.read_hints import read_hints
from probe.returned_mail.verp import Delimiters


def test_options_are_read() -> None:
    assert read_hints([], None, None, None) == Hints({})
    assert read_hints(["recipient=a", "text=b=c"], "Hard Bounce", "DD/MM/YYYY", 2026) == Hints(
        {"recipient": "a", "text": "b=c"}, EventKind.REFUSED, "dmy", 2026
    )
    assert read_hints([], None, None, None, "-=").verp == Delimiters("-", "=")


@pytest.mark.parametrize(
    ("columns", "kind", "dates", "sentence"),
    [
        (["email"], None, None, "--columns email: is not a pair of names; write for example recipient=email"),
        ([], "party", None, "--kind party: is not a kind of event; use one of: delivered, delivery, "),
        ([], None, "often", "--dates often: is not an order of day, month and year; use one of dmy, mdy, ymd; "),
    ],
)
def test_a_mistake_in_an_option_is_told(columns: list[str], kind: str | None, dates: str | None, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_hints(columns, kind, dates, None)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("signs", ["", "+", "++", "+=+", "ab", "+@"])
def test_what_are_not_two_signs_is_told(signs: str) -> None:
    with pytest.raises(InputError, match="is not two different signs; write for example"):
        read_hints([], None, None, None, signs)
