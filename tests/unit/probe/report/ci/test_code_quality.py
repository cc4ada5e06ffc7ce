"""GitLab's code quality report: what its documentation asks for, with fingerprints that stay the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from hostile_words import card, failed, words
from hypothesis import given

from probe.report.ci.annotations import annotations_of
from probe.report.ci.code_quality import code_quality
from probe.report.ci.content import Annotation, CiContent


def issues(*annotations: Annotation) -> list[dict[str, Any]]:
    """Return the issues of a report."""
    found: list[dict[str, Any]] = json.loads(code_quality(CiContent(card(), [], annotations)))
    return found


def test_an_issue_has_what_gitlab_asks_for() -> None:
    (issue,) = issues(Annotation("rules.toml", 12, "code <= 1", "code = 2"))
    fingerprint = issue.pop("fingerprint")
    assert issue == {
        "description": "code = 2",
        "check_name": "fivefifty: code <= 1",
        "severity": "major",
        "location": {"path": "rules.toml", "lines": {"begin": 12}},
    }
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)


def test_fingerprints_differ_between_places_and_do_not_depend_on_the_figures() -> None:
    annotations = [
        Annotation("rules.toml", 12, "a", "a = 2"),
        Annotation("rules.toml", 3, "a", "a = 2"),
        Annotation("r", 12, "b", "b = 2"),
    ]
    first = [issue["fingerprint"] for issue in issues(*annotations)]
    second = [issue["fingerprint"] for issue in issues(*(replace(each, sentence="x") for each in annotations))]
    assert len(set(first)) == 3
    assert first == second


def test_a_file_as_a_whole_is_its_first_line() -> None:
    (issue,) = issues(Annotation("news.toml", 0, "a", "a"))
    assert issue["location"]["lines"] == {"begin": 1}


@given(words)
def test_it_is_json_whatever_peers_send(said: str) -> None:
    assert len(issues(*annotations_of([failed(said)], "news.toml", lambda file: file))) == 1
