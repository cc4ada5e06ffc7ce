"""Our own rule files: conditions of rules, tests, labels, and errors."""

from __future__ import annotations

import re

import pytest
from rule_files import decides, lines, matching, rules

from fake_gateways.truth import Cause
from probe.classify.rules.formats.own import parse_tests
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import RuleText
from probe.input_error import InputError

FILE = """
[labels]
dead = "user-unknown"

[[rule]]
class = "system"
code = "4xx"

[[rule]]
name = "listed at the door"
class = "ip-reputation"
stage = ["connect", "ehlo"]
enhanced = ["5.7.1", "5.7.x"]
matches = ["554 5.7.1 go away"]

[[rule]]
class = "dead"
code = [550, "55x"]
pattern = '^user (?-i)Unknown'
not = ["550 Hello, user Unknown"]

[[rule]]
class = "none"
pattern = ""

[[test]]
reply = "550 User Unknown"
class = "dead"
"""


@pytest.mark.parametrize(
    ("heard", "class_name"),
    [
        (parse_reply("450 User Unknown"), "system"),
        (parse_reply("554 5.7.1 go away", "connect"), "ip-reputation"),
        (parse_reply("554 5.7.606 go away", "ehlo"), "ip-reputation"),
        (parse_reply("554 5.7.1 go away", "rcpt"), "none"),
        (parse_reply("554 5.1.1 go away", "connect"), "none"),
        (parse_reply("550 USER Unknown"), "dead"),
        (parse_reply("559 user Unknown"), "dead"),
        (parse_reply("551-user\n551 Unknown"), "dead"),  # lines are one
        (parse_reply("550 user unknown"), "none"),
        (parse_reply("521 user Unknown"), "none"),
        (parse_reply("user Unknown"), "none"),  # without a code there is none to fit
        (ReceivedReply(None, None, "", "report"), "none"),
    ],
)
def test_a_rule_matches_if_all_its_conditions_are_met(heard: ReceivedReply, class_name: str) -> None:
    assert decides(rules("rules", FILE), heard) == class_name


def test_rules_know_their_lines_causes_and_names() -> None:
    read = rules("rules", FILE)
    assert lines(read.rules) == [5, 9, 16, 22]
    assert [rule.cause for rule in read.rules] == [Cause.SYSTEM, Cause.IP_REPUTATION, Cause.USER_UNKNOWN, None]
    assert read.rules[1].name == "listed at the door"
    assert read.rules[1].asks == "stage connect or ehlo, enhanced 5.7.1 or 5.7.x"
    assert read.rules[2].asks == "code 550 or 55x, ^user (?-i)Unknown"


def test_tests_stand_beside_rules_or_alone() -> None:
    read = rules("rules", FILE)
    assert [(test.place.line, test.reply.stage, test.class_name, test.rule, test.fires) for test in read.tests] == [
        (9, "connect", None, 2, True),
        (16, "rcpt", None, 3, False),
        (26, "rcpt", "dead", 0, True),
    ]


def test_a_label_from_outside_is_stronger_than_the_files_own() -> None:
    read = rules("rules", FILE, labels={"dead": Cause.MAILBOX_DISABLED, "system": None})
    assert [rule.cause for rule in read.rules][::2] == [None, Cause.MAILBOX_DISABLED]


def test_files_count_in_the_order_they_are_given() -> None:
    first = '[[rule]]\nclass = "policy"\npattern = "unknown"\n'
    assert decides(rules("rules", first, FILE), "550 user Unknown") == "policy"
    assert matching(rules("rules", FILE, first), "550 user Unknown") == [3, 4, 5]


def test_lines_are_not_known_where_rules_are_no_tables_of_their_own() -> None:
    read = rules("rules", 'rule = [{ class = "policy", pattern = "[[rule]]" }]')
    assert lines(read.rules) == [0]
    assert str(read.rules[0].place) == "1"


def test_a_file_of_tests_alone_serves_rules_of_any_format() -> None:
    (test,) = parse_tests(RuleText("t.toml", '[[test]]\nreply = "550 x"\nclass = "InvalidRecipient"\nstage = "mail"\n'))
    assert (test.class_name, test.reply.stage) == ("InvalidRecipient", "mail")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("", "no [[test]] and no [[rule]]"),
        ('[[rule]]\nclass = "policy"\npattern = ""\n[[test]]\nreply = "x"\nclass = "y"\n', "1 [[test]] and 1 [[rule]]"),
    ],
)
def test_a_file_of_tests_holds_tests_and_nothing_else(text: str, has: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"t.toml: has {has} tables; write [[test]] tables and no [[rule]]")):
        parse_tests(RuleText("t.toml", text))


RULE = '[[rule]]\nclass = "policy"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1: has no rule; write a [[rule]]"),
        ("[[rule]", "1: is not valid TOML ("),
        ("[[rules]]", "1: rules: is not a known key; did you mean rule?"),
        (f'\n{RULE}pattrn = "x"', "1:2: pattrn: is not a known key; did you mean pattern?"),
        ('[[rule]]\npattern = "x"', "1:1: class: is missing; add it"),
        (RULE, "1:1: the rule asks for nothing; give it a stage, code, enhanced or pattern"),
        (f"{RULE}code = 55", "1:1: code: is '55', which has another form than expected; write 550 or \"55x\""),
        (f'{RULE}code = "5x1.1"', "1:1: code: is '5x1.1', which has another form than expected; write 550 or "),
        (f'{RULE}enhanced = "5.1"', "1:1: enhanced: is '5.1', which has another form than expected; write "),
        (
            f'{RULE}stage = "lunch"',
            "1:1: stage: is 'lunch', which is not among the known values; use one of: connect, ",
        ),
        (f"{RULE}pattern = '(?!x)'", "1:1: pattern '(?!x)': RE2 refuses it: invalid perl operator: (?!; write it "),
        (f"{RULE}pattern = 1", "1:1: pattern: is 1, which is not text; put it in quotes"),
        ('[[rule]]\nclass = "Dead"\npattern = ""', "1:1: 'Dead' is neither a cause nor a label; add its cause "),
        (f'{RULE}pattern = ""\n[[test]]\nclass = "x"', "1:4: reply: is missing; add it"),
        (f'{RULE}pattern = ""\n[[test]]\nreply = ""\nclass = "x"', "1:4: 'x' is neither a cause nor a label; "),
        (f'[labels]\ndead = "deceased"\n{RULE}pattern = ""', "1: labels.dead: 'deceased' is not a cause; use none, "),
    ],
)
def test_a_mistake_is_an_error_with_place_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        rules("rules", text)
    assert str(raised.value).startswith(sentence)
