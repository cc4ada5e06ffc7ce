"""PowerMTA's bounce category patterns."""

from __future__ import annotations

import pytest
from rule_files import decides, lines, rules

from fake_gateways.truth import Cause
from probe.classify.rules.formats import guess
from probe.classify.rules.formats.powermta import ask
from probe.classify.rules.reply import parse_reply
from probe.classify.rules.rule_set import RuleText
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


@pytest.mark.parametrize(
    ("text", "source", "category"),
    [
        ("/(user|mailbox) (is)? *(inactive|not activa\nted)/ inactive-mailbox\n", None, "inactive-mailbox"),
        ("/(user|mailbox) (is)? \n*(inactive|not activated)/ inactive-mailbox\n", None, "inactive-mailbox"),
        ("/(user|mailbox)\n    (is)? *(inactive|not activated)/ inactive-mailbox\n", None, "inactive-mailbox"),
        ("/(user|mailbox) (is)? *(inactive|not activated)\r\n/ inactive-mailbox\r\n", None, "inactive-mailbox"),
        ("/(user|mailbox) (is)? *(inactive|not activated)/\n\n  inactive-mailbox  # old\n", None, "inactive-mailbox"),
        ("/(user|mailbox) (is)? *(inactive|not activated)/ inactive-\nmailbox\n", None, "inactive-mailbox"),
        ("/x/ spam-related\n# said of /y\n", "x", "spam-related"),
        ("/5\\.1\\.1 (see\n#5)/ bad-mailbox\n", "5\\.1\\.1 (see#5)", "bad-mailbox"),
    ],
)
def test_a_wrapped_pattern_is_read_as_one_and_told(text: str, source: str | None, category: str) -> None:
    read = rules("powermta", f"<bounce-category-patterns>\n{text}/later/ other\n</bounce-category-patterns>\n")
    rule, later = read.rules
    assert (rule.source, rule.class_name) == (source or "(user|mailbox) (is)? *(inactive|not activated)", category)
    assert later.source == "later"
    assert rule.place.line == 2
    assert (rule.oddity[:24] == "the pattern goes on over") is (source != "x")


def test_a_category_of_no_known_cause_is_kept_beside_the_others() -> None:
    read = rules("powermta", "/spam/ spam-related\n/dead/ dead\n/dead too/ dead\n")
    assert [(rule.class_name, rule.cause, rule.is_class_known) for rule in read.rules] == [
        ("spam-related", Cause.IP_REPUTATION, True),
        ("dead", None, False),
        ("dead", None, False),
    ]
    assert [(name, rule.number) for name, rule in read.unknown_classes.items()] == [("dead", 2)]


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
        ("/spam/ spam-related\nfoo\n", "1:2: 'foo' is not a pattern; "),
        ("/spam/ spam-related\n/(user\nunknown\n", "1:2: '/(user' is not a pattern; "),
        ("# nothing\n", "1: has no bounce category pattern; write /expression/ category in "),
    ],
)
def test_a_mistake_is_an_error_with_place_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        rules("powermta", text)
    assert str(raised.value).startswith(sentence)


def test_endless_blank_lines_are_looked_through_once() -> None:
    assert guess(RuleText("rules", "\n \t" * 1_000_000)) is None
