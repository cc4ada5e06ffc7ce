"""What failed, at the line of the rule that decided: as GitHub's workflow commands and as GitLab's code quality."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from probe.harmless import harmless
from probe.judge.findings import Finding, NamedRecipient
from probe.report.summary import count

SHOWN: Final = 10
"""Errors of one step that GitHub shows (its documentation of workflow commands)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What to say at one line of a file; line 0 is the file as a whole."""

    file: str
    line: int
    name: str
    sentence: str


def remarks(findings: Iterable[Finding], elsewhere: str) -> Iterator[Remark]:
    """Yield a remark for each finding that failed and each rule behind it, those with most recipients first.

    What no rule of a file decided is said of ``elsewhere``.
    """
    for finding in findings:
        if finding.passed:
            continue
        places: dict[str, list[NamedRecipient]] = {}
        for each in finding.recipients:
            places.setdefault(each.place, []).append(each)
        ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0])) or [("", [])]
        for place, mistaken in ranked:
            sentence = finding.sentence
            if mistaken:
                through = f" by this rule, of {len(finding.recipients):,}" if place else ""
                sentence += f": {count(len(mistaken), 'recipient')}{through}, such as {mistaken[0]}"
            file, _, line = place.rpartition(":")
            known = file and line.isdecimal()
            yield Remark(file if known else elsewhere, int(line) if known else 0, finding.name, sentence)


def workflow_commands(said: Sequence[Remark], inside: Callable[[str], str]) -> Iterator[str]:
    """Yield GitHub's workflow commands; ``inside`` makes a file's path one of the repository.

    Whatever stands in a remark stays in it: no other command can begin.
    """
    for each in said[:SHOWN]:
        at = {
            "file": inside(each.file),
            "line": str(each.line) if each.line else "",
            "title": f"fivefifty: {each.name}",
        }
        properties = ",".join(f"{key}={_property(value)}" for key, value in at.items() if value)
        yield f"::error {properties}::{_data(each.sentence)}"


def _data(text: str) -> str:
    return harmless(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def code_quality(said: Sequence[Remark], inside: Callable[[str], str]) -> str:
    """Return GitLab's code quality report, in the format that its documentation gives under that name."""
    found = []
    for each in said:
        path = inside(each.file)
        key = "\n".join([each.name, path, str(each.line)])
        found.append(
            {
                "description": harmless(each.sentence),
                "check_name": harmless(f"fivefifty: {each.name}"),
                "fingerprint": hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest(),
                "severity": "major",
                "location": {"path": harmless(path), "lines": {"begin": max(each.line, 1)}},
            }
        )
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
