"""The files of the personas: their names, and what a list of them shows."""

from __future__ import annotations

import pytest

from fake_gateways import persona, personas


@pytest.mark.parametrize("name", personas.names())
def test_an_outline_says_what_the_persona_says(name: str) -> None:
    read = persona.load(name)
    assert personas.outline(name) == (read.title, read.habit)


def test_an_unknown_persona_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="pigeon"):
        personas.text_of("pigeon")
