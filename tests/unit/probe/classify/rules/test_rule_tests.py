"""Tests in rule files: which pass, and the sentences about failures."""

from __future__ import annotations

import pytest
from rule_files import rules

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.reply import parse_reply
from probe.classify.rules.rule_set import RuleExample, RulePlace, RuleSet
from probe.classify.rules.rule_tests import failures
from probe.input_error import InputError

FILE = """
[[rule]]
class = "policy"
pattern = "denied"
matches = ["550 denied", "550 refused"]
not = ["550 unknown"]

[[rule]]
name = "gone"
class = "user-unknown"
pattern = "user"
matches = ["550 user denied"]
not = ["550 user denied", "550 x"]
"""


def failed(rule_set: RuleSet, *tests: RuleExample) -> list[tuple[int, str, str]]:
    """Return line, reply and sentence of each failure."""
    found = failures(RuleClassifier(rule_set), tests or rule_set.tests)
    return [(failure.place.line, failure.reply.wire, failure.sentence) for failure in found]


def test_matches_must_be_decided_by_the_rule_and_not_must_not_be_matched() -> None:
    assert failed(rules("rules", FILE)) == [
        (2, "550 refused", "rule 1 (1:2) must decide, but no rule matches"),
        (8, "550 user denied", "rule 2 gone (1:8) must decide, but rule 1 (1:2) gives policy"),
        (8, "550 user denied", "rule 2 gone (1:8) must not match, but does"),
    ]


def test_a_reply_must_get_its_expected_class() -> None:
    tests = '\n[[test]]\nreply = "550 user"\nclass = "policy"\n\n[[test]]\nreply = "550 x"\nclass = "policy"\n'
    passing = '\n[[test]]\nreply = "550 denied"\nclass = "policy"\n\n[[test]]\nreply = "550 x"\nclass = "none"\n'
    alone = FILE.replace("matches", "#").replace("not", "#")
    assert failed(rules("rules", alone + tests)) == [
        (15, "550 user", "must be policy, but rule 2 gone (1:8) gives user-unknown"),
        (19, "550 x", "must be policy, but no rule matches"),
    ]
    assert failed(rules("rules", alone + passing)) == []


@pytest.mark.parametrize(
    ("said", "class_name", "passes"),
    [
        ("550 unknown", "InvalidRecipient", True),
        ("550 unknown", "user-unknown", True),
        ("550 unknown", "SpamBlock", False),
        ("550 unknown", "none", False),
        ("550 away", "none", True),
        ("550 away", "AutoReply", True),
        ("550 x", "Uncategorized", True),
        ("550 x", "none", True),
        ("550 x", "user-unknown", False),
    ],
)
def test_an_expected_class_is_one_of_the_system_or_a_cause(said: str, class_name: str, *, passes: bool) -> None:
    read = rules("kumomta", '[rules]\nInvalidRecipient = ["unknown"]\nAutoReply = ["away"]\n')
    assert (failed(read, RuleExample(RulePlace(0, "t", 1), parse_reply(said), class_name)) == []) is passes


def test_an_unknown_class_in_a_test_is_an_error() -> None:
    read = rules("kumomta", '[rules]\nInvalidRecipient = ["unknown"]\n')
    with pytest.raises(InputError, match=r"^t:7: 'Dead' is neither a class of kumomta"):
        failed(read, RuleExample(RulePlace(0, "t", 7), parse_reply("550 x"), "Dead"))
