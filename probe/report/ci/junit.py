"""The findings as JUnit XML, which Jenkins, GitLab and most other CI systems read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from probe.harmless import harmless
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard

NAMED: Final = 20
"""Recipients that a failure names."""


def junit(card: Scorecard, findings: Sequence[Finding]) -> str:
    """Return a document with a test case for each finding, by Jenkins' schema (``junit-10.xsd`` of its xunit plugin).

    Names are the same from run to run, so that a CI system can tell the history of each; figures stand in the failures.
    """
    failed = str(sum(not finding.passed for finding in findings))
    counts = {"tests": str(len(findings)), "failures": failed, "errors": "0"}
    document = ET.Element("testsuites", {"name": "fivefifty", **counts})
    suite = ET.SubElement(document, "testsuite", {"name": harmless(card.scenario), **counts})
    properties = ET.SubElement(suite, "properties")
    about = {"seed": str(card.seed), "transport": card.transport, "complete": str(card.complete), "books": card.books}
    for name, value in about.items():
        ET.SubElement(properties, "property", name=name, value=harmless(value))
    for finding in findings:
        case = ET.SubElement(suite, "testcase", classname=harmless(card.scenario), name=harmless(finding.name))
        if not finding.passed:
            failure = ET.SubElement(case, "failure", type="gate", message=harmless(finding.sentence))
            failure.text = harmless("\n".join([finding.sentence, *_whom(finding)]))
    ET.indent(document)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(document, "unicode") + "\n"


def _whom(finding: Finding) -> list[str]:
    lines = [f"{each}{f' [{each.place}]' if each.place else ''}" for each in finding.recipients[:NAMED]]
    more = len(finding.recipients) - NAMED
    return [*lines, f"and {more:,} more"] if more > 0 else lines
