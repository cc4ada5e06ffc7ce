"""The canonical form of the books: parts, their lines and hashes."""

from __future__ import annotations

import hashlib
import json

import pytest
from book_rows import attempt, truth
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.truth import Truth
from probe.records.attempt import Attempt
from probe.records.parts import HASHED, PartHash, books_hash, hash_list, part_lines, part_name

NOT_HASHED = {"peer_port", "local_port", "duration_s"}


@pytest.mark.parametrize(("row_type", "row"), [(Truth, truth()), (Attempt, attempt(text="zoë", tls=True))])
def test_a_part_names_its_columns_and_has_an_array_for_each_row(row_type: type, row: Truth | Attempt) -> None:
    first, second = part_lines(row_type, "acme", [row])
    head = json.loads(first)
    kept = [name for name in row._fields[1:] if name not in NOT_HASHED]
    assert head == {"part": f"{HASHED[row_type]}/acme", "columns": kept}
    assert dict(zip(kept, json.loads(second), strict=True)) == {name: getattr(row, name) for name in kept}
    assert {first[-1:], second[-1:]} == {b"\n"}
    assert second.count(b"\n") == 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(TEXTS, st.none() | st.text("0123456789."), st.floats(0, 1e12), st.booleans())))
def test_the_hash_of_a_part_is_that_of_its_lines_whatever_the_texts(
    values: list[tuple[str, str | None, float, bool]],
) -> None:
    rows = [attempt(text=text, enhanced=status, at=at, tls=tls) for text, status, at, tls in values]
    fed = PartHash(Attempt, "acme")
    for row in rows:
        fed.add(row)
    lines = list(part_lines(Attempt, "acme", rows))
    assert fed.hexdigest() == hashlib.sha256(b"".join(lines)).hexdigest()
    assert [json.loads(line)[-4] for line in lines[1:]] == [row.failure for row in rows]
    assert [line.count(b"\n") for line in lines] == [1] * len(lines)


def test_characters_that_a_terminal_obeys_or_hides_are_escaped() -> None:
    (head, line) = part_lines(Attempt, "a\u009bb", [attempt(text="J\u00f6rg \u009b2J \u202e \U000e0041")])
    assert b"a\\u009bb" in head
    assert "J\u00f6rg \\u009b2J \\u202e \\udb40\\udc41".encode() in line
    assert "J\u00f6rg \u009b2J \u202e \U000e0041" in json.loads(line)


def test_the_hash_of_the_books_is_that_of_the_list_in_the_order_of_names() -> None:
    parts = {part_name(Truth, "b"): "2" * 64, part_name(Attempt, "ü"): "3" * 64, part_name(Truth, "a"): "1" * 64}
    listed = list(hash_list(parts))
    assert listed == [f"{'3' * 64}  attempt/ü\n", f"{'1' * 64}  truth/a\n", f"{'2' * 64}  truth/b\n"]
    assert books_hash(parts) == hashlib.sha256("".join(listed).encode()).hexdigest()
    assert books_hash(parts) == books_hash(dict(reversed(parts.items())))


def test_the_hash_of_no_parts_is_that_of_nothing() -> None:
    assert books_hash({}) == hashlib.sha256(b"").hexdigest()
