"""PowerMTA's bounce category patterns."""

from __future__ import annotations

import pytest
from rule_files import decides, lines, rules

from fake_gateways.truth import Cause
from probe.classify.rules.formats.powermta import ask
from probe.classify.rules.reply import parse_reply
from probe.input_error import InputError

CONFIGURATION = r"""
host-name mta.example
<bounce-category-patterns>
    # text before status
    /spam/ spam-related
    /http:\/\/list\.example\// spam-related
    /[/]slash/ content-related    # a class needs no backslash
    /^[45]\.1\.1/ bad-mailbox
    /^[45]\.2\.2;/ quota-issues
    // other    # catch-all, as/ever
</bounce-category-patterns>
<domain *>
    smtp-pattern-list /x/ y
</domain>
"""


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("550 5.1.1 User unknown", "bad-mailbox"),
        ("550 5.1.1 this looks like SPAM", "spam-related"),  # the first that matches, in any case of letters
        ("550 see HTTP://list.example/", "spam-related"),
        ("550 a/slash", "content-related"),
        ("552 5.2.2 Mailbox full", "quota-issues"),
        ("550 User unknown", "other"),
    ],
)
def test_the_first_pattern_of_the_block_that_matches_decides(said: str, category: str) -> None:
    assert decides(rules("powermta", CONFIGURATION), said) == category


def test_lines_are_those_of_the_configuration() -> None:
    assert lines(rules("powermta", CONFIGURATION).rules) == [5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("550 5.1.1 User unknown", "5.1.1;smtp;550 5.1.1 User unknown"),
        ("550 User unknown", "5.0.0;smtp;550 User unknown"),
        ("550-5.7.1 likely\n550 5.7.1 unsolicited", "5.7.1;smtp;550-5.7.1 likely 550 5.7.1 unsolicited"),
        ("User unknown", ";smtp;User unknown"),
    ],
)
def test_a_reply_is_presented_with_its_status_first(said: str, asked: str) -> None:
    assert ask(parse_reply(said)) == asked


def test_a_file_of_patterns_alone_is_read() -> None:
    assert decides(rules("powermta", "/unknown/ bad-mailbox\n# the rest\n//other\n"), "550 unknown") == "bad-mailbox"


def test_a_slash_that_should_have_had_a_backslash_is_part_of_the_pattern() -> None:
    assert rules("powermta", "/http://a.example/ spam-related\n").rules[0].source == "http://a.example"


def test_a_category_of_the_users_own_has_the_cause_that_a_label_gives_it() -> None:
    read = rules("powermta", "/x/ greylisting\n", labels={"greylisting": Cause.GREYLISTED})
    assert read.rules[0].cause is Cause.GREYLISTED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "<bounce-category-patterns>\nspam spam-related\n</bounce-category-patterns>",
            "1:2: 'spam spam-related' is not a ",
        ),
        ("<bounce-category-patterns>\n/spam/ spam-related\n", "1:1: <bounce-category-patterns> has no end; write "),
        ("/spam/ dead\n", "1:1: 'dead' is neither a class of powermta nor a label; "),
        ("# nothing\n", "1: has no bounce category pattern; write /expression/ category in "),
    ],
)
def test_a_mistake_is_an_error_with_place_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        rules("powermta", text)
    assert str(raised.value).startswith(sentence)
