"""Recognising the format of a rule file."""

from __future__ import annotations

import pytest

from probe.classify.rules.formats import PARSERS, guess
from probe.classify.rules.rule_set import RuleText

LOOKS = [
    ("a.toml", '[[rule]]\nclass = "policy"\n', "rules"),
    ("a.toml", '[rules]\nSpamBlock = ["x"]\n', "kumomta"),
    ("a.json", '{"rules": {}}', "kumomta"),
    ("bounces.txt", "# a\n^550,reject,other,x\n", "zone-mta"),
    ("config", "x y\n<bounce-category-patterns>\n// other\n</bounce-category-patterns>\n", "powermta"),
    ("patterns", "# a\n/x/ other\n", "powermta"),
    ("user_smtp_classification.ovr", ",10,x\n", "momentum"),
    ("rules.CSV", ",10,x\n", "momentum"),
    ("x", "hello", None),
    ("x", "", None),
]


@pytest.mark.parametrize(("name", "text", "kind"), LOOKS)
def test_a_rule_file_is_recognised_by_its_content(name: str, text: str, kind: str | None) -> None:
    assert guess(RuleText(name, text)) == kind


def test_every_kind_of_rule_file_is_recognised() -> None:
    assert {kind for _, _, kind in LOOKS} == {None, *PARSERS}
