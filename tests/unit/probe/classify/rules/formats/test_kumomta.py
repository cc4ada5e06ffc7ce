"""KumoMTA's rule files, applied as its documentation describes."""

from __future__ import annotations

import json

import pytest
from rule_files import decides, lines, matching, rules

from fake_gateways.truth import Cause
from probe.classify.rules.formats.kumomta import ask
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.input_error import InputError

TWO_CLASSES = '[rules]\nPolicyRelated = ["denied", "policy"]\nInvalidRecipient = ["denied", "unknown"]\n'


def test_the_first_expression_in_the_order_of_the_file_decides() -> None:
    read = rules("kumomta", TWO_CLASSES)
    assert decides(read, "550 denied") == "PolicyRelated"
    assert decides(read, "550 unknown") == "InvalidRecipient"
    assert matching(read, "550 denied") == [1, 3]


def test_files_count_in_the_order_they_are_loaded() -> None:
    own = '[rules]\nTransientFailure = ["unknown"]\n'
    assert decides(rules("kumomta", own, TWO_CLASSES), "550 unknown") == "TransientFailure"
    assert decides(rules("kumomta", TWO_CLASSES, own), "550 unknown") == "InvalidRecipient"


def test_nothing_that_matches_is_uncategorized() -> None:
    read = rules("kumomta", TWO_CLASSES)
    assert decides(read, "550 sorry") is None
    assert read.otherwise == "Uncategorized"


def test_case_matters_unless_the_expression_ignores_it() -> None:
    read = rules("kumomta", '[rules]\nInvalidRecipient = ["User unknown"]\nSpamBlock = ["(?i)blocked"]\n')
    assert decides(read, "550 user unknown") is None
    assert decides(read, "550 BLOCKED") == "SpamBlock"


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        (parse_reply("550 5.1.1 User unknown"), "550 5.1.1 User unknown"),
        (
            parse_reply("550-5.1.1 User\n550 5.1.1 unknown"),
            r"550 5.1.1 User\nunknown",
        ),  # rfc5321 Response::to_single_line
        (parse_reply("550 4.1.1 User unknown"), "550 4.1.1 User unknown"),
        (parse_reply("550 User unknown"), "550 User unknown"),
        (ReceivedReply(550, "5.1.1", "", "rcpt"), "550 5.1.1"),
        (parse_reply("550"), "550 "),
        (parse_reply("no numbers"), "no numbers"),
    ],
)
def test_a_reply_is_presented_on_one_line(heard: ReceivedReply, asked: str) -> None:
    assert ask(heard) == asked


def test_json_is_read_like_toml() -> None:
    read = rules("kumomta", json.dumps({"rules": {"PolicyRelated": ["denied"], "InvalidRecipient": ["denied"]}}))
    assert decides(read, "550 denied") == "PolicyRelated"


def test_an_expression_is_found_at_its_line_whatever_surrounds_it() -> None:
    text = '''# "commented"
[rules]
InvalidRecipient = [
  "a", # the first, "b"
  'b',
]
SpamBlock = [ """c
d""", "e" ]
'''
    assert lines(rules("kumomta", text).rules) == [4, 5, 7, 8]


def test_a_class_of_the_users_own_has_the_cause_that_a_label_gives_it() -> None:
    text = '[rules]\nWarmUp = ["slow down"]\nSpamBlock = ["listed"]\n'
    read = rules("kumomta", text, labels={"WarmUp": Cause.VELOCITY, "SpamBlock": None})
    assert [rule.cause for rule in read.rules] == [Cause.VELOCITY, None]


def test_an_unsupported_expression_never_matches_and_has_a_reason() -> None:
    read = rules("kumomta", '[rules]\nSpamBlock = ["[a-z&&[^x]]", "b"]\n')
    assert matching(read, "550 ab") == [2]
    assert read.rules[0].refused == "combined character classes, which RE2 does not have"


def test_a_class_of_no_known_cause_is_kept() -> None:
    (rule,) = rules("kumomta", '[rules]\nDead = ["x"]\n').rules
    assert (rule.class_name, rule.cause, rule.is_class_known) == ("Dead", None, False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[rule]\n", "1: has no table [rules]; write [rules] and under it Class = [expressions]"),
        ("[]", "1: is neither TOML nor JSON ("),
        ('{"rules": [1]}', "1: has no table [rules]; "),
        ('[rules]\nSpamBlock = "x"\n', "1: rules.SpamBlock is not a list of expressions; write SpamBlock = ["),
        ("[rules]\nSpamBlock = [1]\n", "1: rules.SpamBlock is not a list of expressions; "),
    ],
)
def test_a_mistake_is_an_error_with_place_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        rules("kumomta", text)
    assert str(raised.value).startswith(sentence)
