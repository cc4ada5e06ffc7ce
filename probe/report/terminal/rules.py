"""Prints what lint, test and explain find out about rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.lint import FindingKind, LintFinding, RuleOverview, shown
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import LABEL_REMEDY, BounceRule
from probe.classify.rules.rule_tests import RuleTestFailure, rule_label
from probe.report.summary import count


def finding_lines(findings: Sequence[LintFinding], view: RuleOverview, rules: int) -> Iterator[str]:
    """Yield a line for each finding, one line per file for rules that never match, and a summary."""
    silent: dict[str, list[LintFinding]] = {}
    for finding in findings:
        if finding.kind is FindingKind.NEVER_FIRES:
            silent.setdefault(finding.place.file, []).append(finding)
        else:
            yield f"{finding.place}: {finding.kind}: {finding.sentence}"
    for file, several in silent.items():
        numbers = sorted({finding.place.line or finding.place.number for finding in several})
        what = f"{'line' if several[0].place.line else 'rule'}{'s' if len(numbers) > 1 else ''}"
        match = "1 rule matches" if len(several) == 1 else f"{len(several)} rules match"
        never = f"{match} none of the {view.replies} known replies: {what} {_ranges(numbers)}"
        yield f"{file}: {FindingKind.NEVER_FIRES}: {never}"
    yield (
        f"{count(rules, 'rule')}, {view.replies} known replies: {view.ambiguous} match rules of several classes, so "
        f"that the order of the rules decides; {view.unread} match no rule. {count(len(findings), 'finding')}."
    )


def failure_lines(failed: Sequence[RuleTestFailure], tests: int) -> Iterator[str]:
    """Yield a line for each failed test, and the number of passed ones."""
    for failure in failed:
        yield f"{failure.place}: FAILED: {shown(failure.reply)}: {failure.sentence}"
    yield f"{tests - len(failed)} of {tests} tests passed."


def explanation_lines(classifier: RuleClassifier, reply: ReceivedReply) -> Iterator[str]:
    """Yield the text that the rules are applied to, the rules that match, and the resulting class."""
    rule_set = classifier.rule_set
    yield f"reply    {shown(reply)}, at {reply.stage}"
    yield f"matched  {rule_set.ask(reply)}"
    matching = classifier.matching(reply)
    for number, rule in enumerate(matching):
        yield f"{'also    ' if number else 'decides '} rule {rule_label(rule)}: {rule.class_name}"
        yield f"         {rule.asks}"
    yield f"class    {_outcome(matching[0]) if matching else f'{rule_set.otherwise}: no rule matches'}"


def _outcome(rule: BounceRule) -> str:
    if not rule.is_class_known:
        return f"{rule.class_name}: a class of no known cause; {LABEL_REMEDY.format(rule.class_name)}"
    if rule.cause is None:
        return f"{rule.class_name}: no bounce, or cause not known"
    meant = "" if rule.class_name == rule.cause else f", which is {rule.cause}"
    return f"{rule.class_name}{meant}: {rule.cause.remedy}"


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers as ``3, 5-8``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(start) if start == end else f"{start}-{end}" for start, end in ranges)
