"""Annotations at the line of the rule that decided, and GitHub's workflow commands."""

from __future__ import annotations

import re
from dataclasses import replace

from hostile_words import failed, words
from hypothesis import given

from probe.judge.findings import Finding
from probe.report.ci.annotations import SHOWN, annotations_of, workflow_commands
from probe.report.ci.content import Annotation

COMMAND = re.compile(r"::error (?:[a-z]+=[^:,\n]*,?)+::[^\n]*")


def itself(file: str) -> str:
    return file


def decided_by(*places: str) -> Finding:
    one = failed("code")
    return replace(one, recipients=tuple(replace(one.recipients[0], place=place) for place in places))


def test_a_failed_finding_annotates_each_rule_that_decided_with_most_recipients_first() -> None:
    found = list(annotations_of([decided_by("rules.toml:3", "rules.toml:12", "rules.toml:12")], "news.toml", itself))
    assert [(each.file, each.line) for each in found] == [("rules.toml", 12), ("rules.toml", 3)]
    assert found[0].sentence == (
        "classifiers.code = 2: 2 recipients by this rule, of 3, such as alive, suppressed: news/code: code (code)"
    )


def test_what_no_rule_decided_annotates_the_scenario() -> None:
    gate = Finding("recipients = 10", False, "recipients = 9  (bound: = 10)")  # noqa: FBT003
    assert list(annotations_of([gate], "news.toml", itself)) == [
        Annotation("news.toml", 0, "recipients = 10", "recipients = 9  (bound: = 10)")
    ]
    assert [each.file for each in annotations_of([decided_by("")], "news.toml", itself)] == ["news.toml"]


def test_a_place_that_is_not_a_line_of_a_file_annotates_the_scenario() -> None:
    for place in ("rules.toml", ":12", "rules.toml:", "rules.toml:-1", "rules.toml:x"):
        assert [(each.file, each.line) for each in annotations_of([decided_by(place)], "news.toml", itself)] == [
            ("news.toml", 0)
        ]


def test_a_finding_that_passed_has_no_annotation() -> None:
    assert list(annotations_of([Finding("recipients = 10", True, "recipients = 10")], "news.toml", itself)) == []  # noqa: FBT003


def test_a_workflow_command_names_file_line_and_finding() -> None:
    said = [Annotation("config/rules.toml", 12, "code <= 1", "code = 2, 100%: see")]
    assert list(workflow_commands(said)) == [
        "::error file=config/rules.toml,line=12,title=fivefifty%3A code <= 1::code = 2, 100%25: see"
    ]


def test_github_gets_no_more_commands_than_it_shows() -> None:
    said = [Annotation("rules.toml", line, "code", "code") for line in range(1, 30)]
    assert len(list(workflow_commands(said))) == SHOWN


@given(words, words)
def test_text_of_peers_cannot_start_another_command(said: str, file: str) -> None:
    for line in workflow_commands(list(annotations_of([failed(said, place=f"{said}:3")], file, itself))):
        assert COMMAND.fullmatch(line), line
        assert "##[" not in line


def test_paths_are_those_of_the_repository() -> None:
    found = annotations_of([decided_by("rules.toml:3", "")], "news.toml", lambda file: f"config/{file}")
    assert [each.file for each in found] == ["config/news.toml", "config/rules.toml"]
