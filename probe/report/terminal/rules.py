"""Tells about rules: what is wrong with them, which tests fail, which of them read a reply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.lint import FindingKind, LintFinding, RuleOverview, shown
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule
from probe.classify.rules.rule_tests import RuleTestFailure, told


def findings_told(findings: Sequence[LintFinding], view: RuleOverview, rules: int) -> Iterator[str]:
    """Yield a line for each finding, those that never fire in one line a file, and how rules read in all."""
    silent: dict[str, list[LintFinding]] = {}
    for finding in findings:
        if finding.kind is FindingKind.NEVER_FIRES:
            silent.setdefault(finding.place.file, []).append(finding)
        else:
            yield f"{finding.place}: {finding.kind}: {finding.sentence}"
    for file, several in silent.items():
        lines = _ranges(sorted(finding.place.line or finding.place.number for finding in several))
        what = "lines" if several[0].place.line else "rules"
        count = f"{len(several)} rule{'' if len(several) == 1 else 's'}"
        never = f"{count} match none of the {view.replies} known replies: {what} {lines}"
        yield f"{file}: {FindingKind.NEVER_FIRES}: {never}"
    yield (
        f"{rules} rules, {view.replies} known replies: {view.ambiguous} are matched by rules of several classes, whose "
        f"order decides; {view.unread} by none. {len(findings)} finding{'' if len(findings) == 1 else 's'}."
    )


def failures_told(failed: Sequence[RuleTestFailure], tests: int) -> Iterator[str]:
    """Yield a line for each test that failed, and how many there were."""
    for failure in failed:
        yield f"{failure.place}: FAILED: {shown(failure.heard)}: {failure.sentence}"
    yield f"{tests - len(failed)} of {tests} tests passed."


def explained(classifier: RuleClassifier, heard: ReceivedReply) -> Iterator[str]:
    """Yield what the rules are asked, which of them match, and what comes of it."""
    rule_set = classifier.rule_set
    yield f"heard    {shown(heard)}, at {heard.stage}"
    yield f"asked    {rule_set.ask(heard)}"
    matching = classifier.matching(heard)
    for number, rule in enumerate(matching):
        yield f"{'also    ' if number else 'decides '} rule {told(rule)}: {rule.class_name}"
        yield f"         {rule.asks}"
    yield f"class    {_outcome(matching[0]) if matching else f'{rule_set.otherwise}: no rule matches'}"


def _outcome(rule: BounceRule) -> str:
    if rule.cause is None:
        return f"{rule.class_name}, which is no bounce, or no idea"
    meant = "" if rule.class_name == rule.cause else f", which is {rule.cause}"
    return f"{rule.class_name}{meant}: {rule.cause.remedy}"


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers as ``3, 5-8``."""
    told_so_far: list[list[int]] = []
    for number in numbers:
        if told_so_far and number == told_so_far[-1][1] + 1:
            told_so_far[-1][1] = number
        else:
            told_so_far.append([number, number])
    return ", ".join(str(start) if start == end else f"{start}-{end}" for start, end in told_so_far)
