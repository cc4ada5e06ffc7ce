"""Expressions of strangers: what RE2 cannot read, or would compile for seconds, is refused with a reason."""

from __future__ import annotations

import pytest

from fake_gateways.untrusted.expression import LONGEST, UnreadableExpressionError, compiled, options


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(a", "missing ): (a"),
        ("x{1,50}" * 1_000, "pattern too large - compile failed"),
        ("a" * (LONGEST + 1), "it is longer than 20,000 characters"),
    ],
)
def test_an_expression_is_refused_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(UnreadableExpressionError) as raised:
        compiled(expression)
    assert str(raised.value) == reason


def test_the_case_of_letters_matters_only_if_asked() -> None:
    assert compiled("user").search("USER") is None
    assert compiled("user", any_case=True).search("USER") is not None


def test_no_memory_is_taken_for_what_groups_match() -> None:
    assert options().never_capture
