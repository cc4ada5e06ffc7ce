"""What the books say of earlier judgements: the readings that are stored."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Cause
from probe.classify import Advice, Reading
from probe.judge.books import StoredReadings
from probe.records.rows import Classification

RULE = "rule 3 (rules.toml:24): mailbox full"


def row(recipient: str, cause: str | None = None, reason: str = "") -> Classification:
    """Return the stored reading of a recipient."""
    return Classification("mine", "news", recipient, cause, "keep", None, reason)


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_readings_are_found_in_whatever_order_they_are_asked_for(order: str) -> None:
    stored = StoredReadings({"mine": iter(map(row, "abc")), "other": iter(map(row, "b"))})
    found = {each: sorted(stored.about(("news", each))) for each in order}
    assert found == {"a": ["mine"], "b": ["mine", "other"], "c": ["mine"]}


def test_a_recipient_of_whom_nothing_is_stored_has_no_reading() -> None:
    assert StoredReadings({"mine": iter([row("a")])}).about(("offer", "a")) == {}


def test_a_stored_reading_is_as_it_was_given() -> None:
    stored = StoredReadings({"mine": iter([row("a", "mailbox-full", RULE)])})
    expected = Reading(Cause.MAILBOX_FULL, RULE, wish=Advice.KEEP, place="rules.toml:24")
    assert stored.about(("news", "a")) == {"mine": expected}
