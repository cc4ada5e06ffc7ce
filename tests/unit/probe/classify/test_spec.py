"""Specifications of classifiers, ``[NAME=]WHAT``, and the names made from them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.strict import NAME
from probe.classify.spec import ClassifierSpec, parse
from probe.input_error import InputError


@pytest.mark.parametrize(
    ("text", "name", "kind", "what"),
    [
        ("code", "code", "known", "code"),
        ("mine=code", "mine", "known", "code"),
        ("Big Vendor's", "big-vendor-s", "known", "Big Vendor's"),
        ("python:my_package.bounces:read_all", "read-all", "python", "my_package.bounces:read_all"),
        ("python:same_words:SameWords", "same-words", "python", "same_words:SameWords"),
        ("program:./bin/classify.py --level=3 a:b", "classify", "program", "./bin/classify.py --level=3 a:b"),
        ("perl-5=program:perl x=y.pl", "perl-5", "program", "perl x=y.pl"),
        ("http://127.0.0.1:8000/a?b=c", "127-0-0-1-8000-a-b-c", "http", "http://127.0.0.1:8000/a?b=c"),
        ("s=https://[::1]/", "s", "https", "https://[::1]/"),
        ("rules:lists/My Rules.v2.toml", "my-rules-v2", "rules", "lists/My Rules.v2.toml"),
        ("kumomta:iana.toml,community.toml", "iana", "kumomta", "iana.toml,community.toml"),
        ("zone-mta:bounces", "bounces", "zone-mta", "bounces"),
        ("powermta:.hidden", "hidden", "powermta", ".hidden"),
    ],
)
def test_a_specification_is_a_name_a_kind_and_the_rest(text: str, name: str, kind: str, what: str) -> None:
    assert parse([text], "--classifier") == (ClassifierSpec(text, name, kind, what),)


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        (
            [""],
            "--classifier : is empty or contains control characters; write for example code, or python:MODULE:NAME, ",
        ),
        (["a\x1b[2J"], "is empty or contains control characters; "),
        (
            ["My Name=code"],
            "My Name=code: has an invalid name 'My Name'; use up to 42 lower-case letters, digits and hyphens",
        ),
        (["a.b=code"], "has an invalid name 'a.b'; "),
        (["=code"], "has an invalid name ''; "),
        ([f"{'a' * 43}=code"], "; use up to 42 lower-case letters"),
        (
            ["php:x.php"],
            "php:x.php: 'php' is not a kind of classifier; write python:MODULE:NAME, program:COMMAND, http://",
        ),
        (["program: "], "has nothing after program:; "),
        (["rules:"], "has nothing after rules:; "),
        (["rules:--"], "rules:--: contains no letter or digit to make a name from; give it a name: mine=--"),
        (["code", "code"], "code: has the name code, like code; give one of them another name: NAME=WHAT"),
        (["rules:a/x.toml", "kumomta:b/x.toml"], "kumomta:b/x.toml: has the name x, like rules:a/x.toml; "),
    ],
)
def test_an_invalid_specification_is_an_error_of_one_sentence(texts: list[str], complaint: str) -> None:
    with pytest.raises(InputError, match=re.escape(complaint)):
        parse(texts, "--classifier")


@given(st.text(max_size=120))
def test_whatever_is_written_becomes_a_name_that_is_good_for_files_and_paths_or_a_complaint(text: str) -> None:
    try:
        (spec,) = parse([text], "--classifier")
    except InputError:
        return
    assert re.fullmatch(NAME, spec.name)
    assert text.endswith(spec.what)
