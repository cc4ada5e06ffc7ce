"""JUnit XML: only what Jenkins' schema allows, whatever text peers sent."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hostile_words import HOSTILE, card, failed, words
from hypothesis import given

from probe.judge.findings import NAMED, Finding
from probe.report.ci.content import CiContent
from probe.report.ci.junit import junit

ALLOWED: Final = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name", "classname"}, {"failure"}),
    "failure": ({"type", "message"}, set()),
}
"""The attributes of each element and the elements within it: all of them are in ``junit-10.xsd``."""
PASSED: Final = Finding("recipients = 10", True, "recipients = 10  (bound: = 10)")  # noqa: FBT003


def cases(text: str) -> list[ET.Element]:
    return list(ET.fromstring(text).iter("testcase"))


def test_every_finding_is_a_test_case_of_the_scenario() -> None:
    document = ET.fromstring(junit(CiContent(card(), [PASSED, failed("code")])))
    suite = document[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "small",
        "2",
        "1",
        "0",
    )
    assert [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")] == [
        ("small", "recipients = 10"),
        ("small", "classifiers.code.wrongly_suppressed <= 1"),
    ]


def test_a_test_cases_name_holds_no_figure_that_would_break_its_history() -> None:
    first, second = (Finding("recipients = 10", False, f"recipients = {was}  (bound: = 10)") for was in (8, 9))  # noqa: FBT003
    assert [cases(junit(CiContent(card(), [each])))[0].get("name") for each in (first, second)] == [
        "recipients = 10"
    ] * 2


def test_a_failure_has_figure_bound_and_the_first_recipients_with_the_line_of_the_rule() -> None:
    (case,) = cases(junit(CiContent(card(), [failed("code", place="rules.toml:12", count=NAMED + 2)])))
    failure = case[0]
    assert failure.get("message") == "classifiers.code = 2"
    lines = (failure.text or "").splitlines()
    assert lines[0] == "classifiers.code = 2"
    assert lines[1] == "7 alive, suppressed"
    assert lines[2] == "alive, suppressed: news/code: code (code)"
    assert len(lines) == NAMED + 3
    assert lines[-1] == "and 2 more"


def test_a_run_without_gates_is_a_document_without_test_cases() -> None:
    assert cases(junit(CiContent(card(), []))) == []


@given(words)
def test_whatever_is_said_it_is_a_document_of_the_same_elements(said: str) -> None:
    document = ET.fromstring(junit(CiContent(card(said), [failed(said), PASSED])).encode())
    for element in document.iter():
        attributes, within = ALLOWED[element.tag]
        assert set(element.keys()) == attributes
        assert {each.tag for each in element} <= within
    assert len(list(document.iter("failure"))) == 1


@pytest.mark.parametrize("said", HOSTILE, ids=repr)
def test_it_is_valid_by_jenkins_schema(said: str, tmp_path: Path) -> None:
    # The schema is part of pytest's source; .ci/run fetches it.
    fetched = os.environ.get("FIVEFIFTY_VECTORS")
    schemas = sorted(Path(fetched).glob("pytest-*/testing/example_scripts/junit-10.xsd")) if fetched else []
    if not schemas or shutil.which("xmllint") is None:
        pytest.skip("needs xmllint (Debian package libxml2-utils) and pytest's source beneath FIVEFIFTY_VECTORS")
    file = tmp_path / "report.xml"
    file.write_text(junit(CiContent(card(said), [failed(said), PASSED])), "utf-8")
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", schemas[0], file],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
