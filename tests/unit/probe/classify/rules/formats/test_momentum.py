"""Momentum's classification overrides."""

from __future__ import annotations

import pytest
from rule_files import decides, lines, rules

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.classify.rules.reply import parse_reply
from probe.input_error import InputError

FILE = """# overrides
,10,unknown user
yahoo.example,51,denied
,51,listed|zen
,22,"full, mailbox"
,23,too large, really
10,returned
"""


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("550 5.1.1 unknown user here", "10"),
        ("550 Unknown user", None),  # a static pattern is found as it stands
        ("550 listed at zen.example", "51"),
        ("550 zen has it listed", None),
        ("550 full, mailbox", "22"),
        ("550 too large, really", "23"),
        ("550-unknown\n550 user", None),
    ],
)
def test_a_rule_matches_anywhere_and_a_bar_stands_for_any_text(said: str, code: str | None) -> None:
    assert decides(rules("momentum", FILE), said) == code


def test_a_rule_of_a_domain_applies_only_to_its_replies() -> None:
    read = rules("momentum", FILE)
    assert decides(read, parse_reply("550 denied", recipient="ann@yahoo.example")) == "51"
    assert decides(read, parse_reply("550 denied", recipient="ann@acme.example")) is None


def test_a_line_without_a_domain_field_applies_only_to_reports() -> None:
    read = rules("momentum", FILE)
    assert decides(read, parse_reply("550 returned", Stage.REPORT)) == "10"
    assert decides(read, "550 returned") is None
    assert decides(read, parse_reply("550 unknown user", Stage.REPORT)) is None


def test_lines_and_causes_are_known() -> None:
    read = rules("momentum", FILE)
    assert lines(read.rules) == [2, 3, 4, 5, 6, 7]
    assert read.rules[0].cause is Cause.USER_UNKNOWN


def test_a_rule_of_endless_words_is_refused() -> None:
    (rule,) = rules("momentum", f",10,{'x' * 20_001}").rules
    assert (rule.expression, rule.refused) == (None, "it is longer than 20,000 characters")


def test_a_custom_class_has_the_cause_that_a_label_gives_it() -> None:
    assert rules("momentum", ",99,profanity", labels={"99": Cause.CONTENT}).rules[0].cause is Cause.CONTENT
    (rule,) = rules("momentum", ",99,profanity").rules
    assert (rule.cause, rule.is_class_known) == (None, False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n,ten,x", "1:2: ',ten,x' is not an override; write domain,bounce_code,rule"),
        (",10,", "1:1: ',10,' is not an override; "),
        (',10,""\rb', "1:1: ',10,\"\"\\rb' is not an override; "),
        ("unknown user", "1:1: 'unknown user' is not an override; "),
    ],
)
def test_a_mistake_is_an_error_with_place_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        rules("momentum", text)
    assert str(raised.value).startswith(sentence)
