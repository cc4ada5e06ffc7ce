"""The failures as annotations at the line of the rule that decided, and as GitHub's workflow commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from probe.harmless import harmless
from probe.judge.findings import Finding, NamedRecipient
from probe.judge.kinds import place_of
from probe.report.ci.content import Annotation
from probe.report.summary import count

SHOWN: Final = 10
"""The most error annotations that GitHub shows per step (its documentation of workflow commands)."""


def annotations_of(
    findings: Iterable[Finding], default_file: str, in_repository: Callable[[str], str]
) -> Iterator[Annotation]:
    """Yield an annotation for each rule behind each finding that failed, rules with most recipients first.

    The rule that decided before, by the baseline, gets one as well: it is usually the one that was changed.
    ``default_file`` gets the failures that no rule of a file decided. ``in_repository`` converts a file's path to the
    one in the repository.
    """
    for finding in findings:
        if finding.passed:
            continue
        by_place: dict[str, list[NamedRecipient]] = {}
        lost: dict[str, list[NamedRecipient]] = {}
        for each in finding.recipients:
            by_place.setdefault(each.place, []).append(each)
            before = place_of(each.before)
            if before and before != each.place:
                lost.setdefault(before, []).append(each)
        sentences = [(place, _decided(finding, place, recipients)) for place, recipients in _ranked(by_place)]
        sentences += [(place, _decided_before(finding, recipients)) for place, recipients in _ranked(lost)]
        for place, sentence in sentences or [("", finding.sentence)]:
            file, _, line = place.rpartition(":")
            is_line = bool(file) and line.isdecimal()
            yield Annotation(
                file=in_repository(file if is_line else default_file),
                line=int(line) if is_line else 0,
                name=finding.name,
                sentence=sentence,
            )


def _ranked(by_place: Mapping[str, list[NamedRecipient]]) -> list[tuple[str, list[NamedRecipient]]]:
    return sorted(by_place.items(), key=lambda item: (-len(item[1]), item[0]))


def _decided(finding: Finding, place: str, recipients: Sequence[NamedRecipient]) -> str:
    by_rule = f" by this rule, of {len(finding.recipients):,}" if place else ""
    return f"{finding.sentence}: {count(len(recipients), 'recipient')}{by_rule}, such as {recipients[0]}"


def _decided_before(finding: Finding, recipients: Sequence[NamedRecipient]) -> str:
    shown = f"{count(len(recipients), 'recipient')} of these, such as {recipients[0].who}"
    return f"{finding.sentence}: when the baseline was written, the rule here decided about {shown}"


def workflow_commands(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield GitHub's workflow commands for the first ``SHOWN`` annotations.

    Text of peers is escaped, so that it cannot start another command.
    """
    for each in annotations[:SHOWN]:
        at = {
            "file": each.file,
            "line": str(each.line) if each.line else "",
            "title": f"fivefifty: {each.name}",
        }
        properties = ",".join(f"{key}={_property(value)}" for key, value in at.items() if value)
        yield f"::error {properties}::{_data(each.sentence)}"


def _data(text: str) -> str:
    return harmless(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
