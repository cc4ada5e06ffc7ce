"""The result of a run as Markdown, for the summary of a CI job or a comment on a pull request."""

from __future__ import annotations

import re
from typing import Final

from probe.harmless import harmless
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard
from probe.report.ci.content import CiContent
from probe.report.summary import summary

LONGEST: Final = 300
"""The most characters of a text that are shown."""


def markdown(run: CiContent) -> str:
    """Return the summary, the gates, the classifiers, and the recipients behind each gate that failed.

    Text of peers is in code spans, where it cannot become markup, HTML, a mention or a link (CommonMark 0.31 section
    6.1).
    """
    card, findings = run.card, run.findings
    failed = [finding for finding in findings if not finding.passed]
    verdict = f"{len(failed):,} of {len(findings):,} FAILED" if failed else "passed"
    lines = [f"### {code(card.scenario)}: {verdict if findings else 'no gates'}", ""]
    if not card.complete:
        lines += ["**This run is incomplete: it stopped before every recipient had a final result.**", ""]
    lines += [*(f"- {line}" for line in summary(card)), ""]
    if findings:
        lines += ["| gate | |", "|---|---|"]
        lines += [f"| {cell(each.sentence)} | {'passed' if each.passed else '**FAILED**'} |" for each in findings]
        lines.append("")
    if card.classifiers:
        lines += _classifiers(card)
    for finding in failed:
        if finding.recipients:
            lines += [f"{code(finding.sentence)}:", "", *_recipient_lines(finding), ""]
    return "\n".join(lines) + "\n"


def _classifiers(card: Scorecard) -> list[str]:
    lines = [
        "| classifier | alive, suppressed | of all alive (95 %) | gone, kept | of all gone (95 %) |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, score in card.classifiers.items():
        wrong, missed = score.wrongly_suppressed_interval, score.missed_dead_interval
        lines.append(
            f"| {cell(name)} | {score.wrongly_suppressed:,} | {wrong[0]:.1%} to {wrong[1]:.1%} "
            f"| {score.missed_dead:,} | {missed[0]:.1%} to {missed[1]:.1%} |"
        )
    return [*lines, ""]


def _recipient_lines(finding: Finding) -> list[str]:
    return [f"- {code(line)}" for line in finding.lines()]


def code(text: str) -> str:
    """Return a text as a code span. The fence is longer than any run of backticks in it, so no text can end it."""
    line = " ".join(harmless(text).split())
    line = line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if line.startswith("`") or line.endswith("`") else f"{fence}{line or ' '}{fence}"


def cell(text: str) -> str:
    """Return a text as a code span in a table cell; bars and backslashes, which could end the cell, become "?"."""
    return code(re.sub(r"[|\\]", "?", text))
