"""The answer as Markdown, for the summary of a CI job or a comment on a change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from probe.harmless import harmless
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard
from probe.report.summary import answer

NAMED: Final = 10
"""Recipients that are named of each finding."""
LONGEST: Final = 300
"""Characters of somebody else's words that are shown."""


def markdown(card: Scorecard, findings: Sequence[Finding]) -> str:
    """Return the answer, the gates, the classifiers, and whom they have wrong where a gate failed.

    What others said stands in code spans, where it is neither markup nor HTML nor a mention nor a link
    (CommonMark 0.31 section 6.1).
    """
    failed = [finding for finding in findings if not finding.passed]
    verdict = f"{len(failed):,} of {len(findings):,} FAILED" if failed else "passed"
    lines = [f"### {code(card.scenario)}: {verdict if findings else 'no gates'}", ""]
    if not card.complete:
        lines += ["**This run is incomplete: it ended before every recipient was finished with.**", ""]
    lines += [*(f"- {line}" for line in answer(card)), ""]
    if findings:
        lines += ["| gate | |", "|---|---|"]
        lines += [f"| {cell(each.sentence)} | {'passed' if each.passed else '**FAILED**'} |" for each in findings]
        lines.append("")
    if card.classifiers:
        lines += _classifiers(card)
    for finding in failed:
        if finding.recipients:
            lines += [f"{code(finding.sentence)}:", "", *_whom(finding), ""]
    return "\n".join(lines) + "\n"


def _classifiers(card: Scorecard) -> list[str]:
    lines = [
        "| classifier | alive, suppressed | of the living (95 %) | gone, kept | of the gone (95 %) |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, score in card.classifiers.items():
        wrong, missed = score.wrongly_suppressed_interval, score.missed_dead_interval
        lines.append(
            f"| {cell(name)} | {score.wrongly_suppressed:,} | {wrong[0]:.1%} to {wrong[1]:.1%} "
            f"| {score.missed_dead:,} | {missed[0]:.1%} to {missed[1]:.1%} |"
        )
    return [*lines, ""]


def _whom(finding: Finding) -> list[str]:
    lines = [
        f"- {'alive, suppressed' if each.alive else 'gone, kept'}: {code(each.who)} heard {code(each.heard)} "
        f"({code(' '.join(filter(None, (each.reason, each.place))))})"
        for each in finding.recipients[:NAMED]
    ]
    more = len(finding.recipients) - NAMED
    return [*lines, f"- and {more:,} more"] if more > 0 else lines


def code(text: str) -> str:
    """Return a text as a code span, which nothing in it can end: its fence is longer than any run of backticks."""
    line = " ".join(harmless(text).split())
    line = line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if line.startswith("`") or line.endswith("`") else f"{fence}{line or ' '}{fence}"


def cell(text: str) -> str:
    """Return a text as a code span in a table, where a bar ends the cell and a backslash does not always save it."""
    return code(re.sub(r"[|\\]", "?", text))
