"""Remarks at the line of the rule that decided, as GitHub and GitLab take them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hostile_words import failed, words
from hypothesis import given

from probe.judge.findings import Finding
from probe.report.ci.annotations import SHOWN, Remark, code_quality, remarks, workflow_commands

COMMAND = re.compile(r"::error (?:[a-z]+=[^:,\n]*,?)+::[^\n]*")


def itself(file: str) -> str:
    return file


def decided_by(*places: str) -> Finding:
    one = failed("code")
    return replace(one, recipients=tuple(replace(one.recipients[0], place=place) for place in places))


def test_a_finding_is_said_of_each_rule_that_decided_those_with_most_recipients_first() -> None:
    found = list(remarks([decided_by("rules.toml:3", "rules.toml:12", "rules.toml:12")], "news.toml"))
    assert [(each.file, each.line) for each in found] == [("rules.toml", 12), ("rules.toml", 3)]
    assert found[0].sentence == (
        "classifiers.code = 2: 2 recipients by this rule, of 3, such as alive, suppressed: news/code: code (code)"
    )


def test_what_no_rule_decided_is_said_of_the_scenario() -> None:
    gate = Finding("recipients = 10", False, "recipients = 9  (bound: = 10)")  # noqa: FBT003
    assert list(remarks([gate], "news.toml")) == [
        Remark("news.toml", 0, "recipients = 10", "recipients = 9  (bound: = 10)")
    ]
    assert [each.file for each in remarks([decided_by("")], "news.toml")] == ["news.toml"]


def test_a_place_that_is_no_line_of_a_file_is_not_taken_for_one() -> None:
    for place in ("rules.toml", ":12", "rules.toml:", "rules.toml:-1", "rules.toml:x"):
        assert [(each.file, each.line) for each in remarks([decided_by(place)], "news.toml")] == [("news.toml", 0)]


def test_what_passed_is_not_remarked_upon() -> None:
    assert list(remarks([Finding("recipients = 10", True, "recipients = 10")], "news.toml")) == []  # noqa: FBT003


def test_a_workflow_command_names_file_line_and_finding() -> None:
    said = [Remark("rules.toml", 12, "code <= 1", "code = 2, 100%: see")]
    assert list(workflow_commands(said, lambda file: f"config/{file}")) == [
        "::error file=config/rules.toml,line=12,title=fivefifty%3A code <= 1::code = 2, 100%25: see"
    ]


def test_github_is_given_no_more_than_it_shows() -> None:
    said = [Remark("rules.toml", line, "code", "code") for line in range(1, 30)]
    assert len(list(workflow_commands(said, itself))) == SHOWN


@given(words, words)
def test_no_other_command_can_begin_in_a_remark(said: str, file: str) -> None:
    for line in workflow_commands(list(remarks([failed(said, place=f"{said}:3")], file)), itself):
        assert COMMAND.fullmatch(line), line
        assert "##[" not in line


def test_code_quality_has_what_gitlab_asks_for() -> None:
    (issue,) = json.loads(code_quality([Remark("rules.toml", 12, "code <= 1", "code = 2")], itself))
    fingerprint = issue.pop("fingerprint")
    assert issue == {
        "description": "code = 2",
        "check_name": "fivefifty: code <= 1",
        "severity": "major",
        "location": {"path": "rules.toml", "lines": {"begin": 12}},
    }
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)


def test_fingerprints_tell_remarks_apart_and_do_not_depend_on_the_figures() -> None:
    said = [
        Remark("rules.toml", 12, "a", "a = 2"),
        Remark("rules.toml", 3, "a", "a = 2"),
        Remark("r", 12, "b", "b = 2"),
    ]
    first = [issue["fingerprint"] for issue in json.loads(code_quality(said, itself))]
    second = [
        issue["fingerprint"]
        for issue in json.loads(code_quality([replace(each, sentence="x") for each in said], itself))
    ]
    assert len(set(first)) == 3
    assert first == second


def test_a_file_as_a_whole_is_its_first_line_to_gitlab() -> None:
    (issue,) = json.loads(code_quality([Remark("news.toml", 0, "a", "a")], itself))
    assert issue["location"]["lines"] == {"begin": 1}


@given(words)
def test_code_quality_is_json_whatever_is_said(said: str) -> None:
    assert len(json.loads(code_quality(list(remarks([failed(said)], "news.toml")), itself).encode())) == 1
