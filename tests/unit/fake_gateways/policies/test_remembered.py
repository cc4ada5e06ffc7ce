"""What is remembered of strangers has an end."""

from __future__ import annotations

from fake_gateways.policies.remembered import Remembered


def test_the_oldest_entry_beyond_the_most_is_forgotten() -> None:
    table = Remembered[str, int](2)
    for number, key in enumerate("abc"):
        table[key] = number
    assert dict(table) == {"b": 1, "c": 2}


def test_an_entry_that_is_changed_stays_as_old_as_it_is() -> None:
    table = Remembered[str, int](2)
    table["a"] = table["b"] = 1
    table["a"] = 2
    assert dict(table) == {"a": 2, "b": 1}
    table["c"] = 3
    assert dict(table) == {"b": 1, "c": 3}
