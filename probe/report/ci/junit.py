"""The findings as JUnit XML, which Jenkins, GitLab and most other CI systems read."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from probe.harmless import harmless
from probe.report.ci.content import CiContent


def junit(run: CiContent) -> str:
    """Return a document with a test case per finding, by Jenkins' schema (``junit-10.xsd`` of its xunit plugin).

    Names of test cases hold no figures, so a CI system can show the history of each; the failures hold the figures.
    """
    card, findings = run.card, run.findings
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
            failure.text = harmless("\n".join([finding.sentence, *finding.lines()]))
    ET.indent(document)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(document, "unicode") + "\n"
