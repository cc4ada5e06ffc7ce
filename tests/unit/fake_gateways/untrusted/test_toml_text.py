"""TOML from strangers: every text gives a table or a ValueError, and none takes long."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest

from fake_gateways.untrusted.toml_text import parse_toml


def test_a_table_is_what_tomllib_reads() -> None:
    text = (
        f'a.b."c.d" = [1, {{ e = {2**63 - 1}, f = {-(2**63)} }}]\n[[g]]\nh = 1e400\ni = "{"x." * 999}"\n# {"x." * 99}'
    )
    assert parse_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = ", "Invalid value (at end of document)"),
        (f"a = {9 * '9' * 500}", "an integer has more than 64 bits"),
        (f"a = 0x{'f' * 9999}", "an integer has more than 64 bits"),
        (f"a = [1, {{ b = {2**63} }}]", "an integer has more than 64 bits"),
        (f"a = {'[' * 5000}", "it is nested more than 100 deep"),
        (f"a = {'[' * 200}{']' * 200}", "it is nested more than 100 deep"),
        (f"{'a.' * 60}b = {'[' * 60}{']' * 60}", "it is nested more than 100 deep"),
        (f"\n{'a.' * 1000}b = 1", "a key has more than 100 parts (at line 2)"),
        (f"""x = {{ {'"a" . ' * 500}{"'b'." * 500}b = 1 }}""", "a key has more than 100 parts (at line 1)"),
        (f"[{'ä.' * 1000}b]", "a key has more than 100 parts (at line 1)"),
    ],
)
def test_what_is_too_deep_too_large_or_not_valid_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared
        parse_toml(text)
    assert str(caught.value) == problem


@pytest.mark.parametrize("text", ["a.", "a", '"', "'", "a'", '"a".', "[", "{a=", "a.a.\n", "#", "-", '"a.', "[a]\n"])
def test_no_short_text_takes_long_when_it_is_repeated(text: str) -> None:
    """Quadratic time would be hours here, and the suite would end it."""
    with suppress(ValueError):
        parse_toml(text * 300_000)
