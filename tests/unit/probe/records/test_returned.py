"""Rows of returned mail: which of them are bounces, and how they are grouped."""

from __future__ import annotations

from typing import Any

import pytest
from book_rows import returned

from probe.records.returned import ReturnedKind, by_recipient, is_bounce


@pytest.mark.parametrize("action", ["failed", None])
def test_a_report_of_failure_or_without_an_action_is_a_bounce(action: str | None) -> None:
    assert is_bounce(returned(action=action))


@pytest.mark.parametrize(
    "fields",
    [{"action": "delayed"}, {"action": "delivered"}, {"kind": ReturnedKind.COMPLAINT}, {"recipient": ""},
     {"recipient": "ann"}],
    ids=str,
)  # fmt: skip
def test_anything_else_is_not_a_bounce(fields: dict[str, Any]) -> None:
    assert not is_bounce(returned(**fields))


def test_rows_are_grouped_by_campaign_and_recipient_in_lower_case() -> None:
    first, second = returned(recipient="Ann@acme.example"), returned(seq=2)
    other, lost = returned(campaign="offers"), returned(recipient="")
    assert by_recipient([first, second, other, lost]) == {
        ("news", "ann@acme.example"): [first, second],
        ("offers", "ann@acme.example"): [other],
    }
