"""TOML of users: a table, or one sentence with its place."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.valid_toml import valid_toml


def test_a_text_is_a_table() -> None:
    assert valid_toml("a = 1", "here") == {"a": 1}


def test_what_is_wrong_is_told_with_its_place_and_a_remedy() -> None:
    with pytest.raises(InputError, match=r"^here: is not valid TOML \(.+\); correct the line it names$"):
        valid_toml("a", "here")
    with pytest.raises(InputError, match=r"; write it again$"):
        valid_toml("a", "here", "write it again")
