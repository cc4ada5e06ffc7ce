"""What experiments have found about the doubtful recipients of a run, for the page of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.run_document import DiagnosisFound, GroupFound, RunFound
from probe.harmless import clipped
from probe.report.html.figures import Table
from probe.report.outcome_words import in_words
from probe.report.summary import count

_MOST_GROUPS: Final = 20
_MOST_RECIPIENTS: Final = 40
_LONGEST: Final = 300
_WORTH_NAMING: Final = 0.1


class Made(NamedTuple):
    """One experiment: its question, what came of it, and what was believed then."""

    question: str
    words: str
    reply: str
    likeliest: str
    alive: str


class Asked(NamedTuple):
    """A recipient that was asked about: what was found, and how."""

    recipient: str
    cause: str
    alive: str
    to_do: str
    refused: str
    reply: str
    made: Sequence[Made]


class FoundOfRun(NamedTuple):
    """What the section shows. ``note`` says what was left out."""

    sentence: str
    groups: Table
    asked: Sequence[Asked]
    note: str


def found_of_run(run: RunFound) -> FoundOfRun:
    """Return what the section shows, the largest groups first."""
    groups = sorted(run.groups, key=lambda group: -len(group.recipients))
    diagnoses = [each for group in groups for each in group.diagnoses]
    left = len(groups) - _MOST_GROUPS
    more = len(diagnoses) - _MOST_RECIPIENTS
    return FoundOfRun(
        f"{run.asked:,} of {count(run.recipients, 'doubtful recipient')} asked about with "
        f"{count(run.experiments, 'experiment')}; {run.settled:,} settled.",
        Table(
            "Recipients that were refused alike",
            ("Gateway", "Refused with", "Cause", "Recipients", "Asked", "Alive", "Settled"),
            [_row(group) for group in groups[:_MOST_GROUPS]],
            words=3,
            note=f"{count(left, 'more group')} in diagnoses.json." if left > 0 else "",
        ),
        [_asked(each) for each in diagnoses[:_MOST_RECIPIENTS]],
        f"{count(more, 'more recipient')} in diagnoses.json." if more > 0 else "",
    )


def _row(group: GroupFound) -> tuple[str, ...]:
    causes = ", ".join(f"{cause} {share:.0%}" for cause, share in group.causes.items() if share >= _WORTH_NAMING)
    return (
        f"{group.gateway} from {group.source}",
        clipped(group.words, _LONGEST),
        causes if group.diagnoses else "not asked",
        f"{len(group.recipients):,}",
        f"{sum(each.asked for each in group.recipients):,}",
        f"{group.alive:.0%}",
        f"{group.settled:,}",
    )


def _asked(found: DiagnosisFound) -> Asked:
    first = found.advice[0] if found.advice else None
    cause = "the refusal has passed" if found.has_passed else _likeliest(found.causes)
    return Asked(
        found.recipient,
        cause,
        f"{found.mailbox.alive:.0%}",
        f"{first.finding} {first.remedy}" if first is not None and found.explained else "",
        f"{_when(found.refusal.at)} at {found.refusal.stage.upper()}",
        clipped(found.refusal.reply, _LONGEST),
        [
            Made(
                each.question,
                in_words(each.kind),
                clipped(each.reply, _LONGEST),
                "" if found.has_passed else _likeliest(each.likeliest),
                f"{each.alive:.0%}",
            )
            for each in found.experiments
        ],
    )


def _likeliest(causes: Mapping[Cause, float]) -> str:
    return next((f"{cause} ({weight:.0%})" for cause, weight in causes.items()), "not known")


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
