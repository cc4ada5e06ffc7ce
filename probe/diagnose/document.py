"""A diagnosis as a document of JSON."""

from __future__ import annotations

from typing import Any, Final

from probe.diagnose.advice import ADVICE
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.reply_kind import kind_of
from probe.records.attempt import reply_line

SCHEMA: Final = 1
_DIGITS: Final = 4


def as_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as a document. Times are in seconds since the epoch, probabilities between 0 and 1."""
    belief = diagnosis.belief
    return {
        "schema": SCHEMA,
        "recipient": diagnosis.recipient,
        "stopped": diagnosis.stopped.value,
        "mailbox": {"alive": round(belief.alive, _DIGITS), "is_alive": diagnosis.is_alive},
        "causes": {cause.value: round(weight, _DIGITS) for cause, weight in diagnosis.possible.items()},
        "we_provoked_a_block": round(belief.blocked, _DIGITS),
        "advice": [
            {"cause": cause.value, **dict(zip(("finding", "remedy", "ask"), ADVICE[cause], strict=True))}
            for cause in diagnosis.possible
        ],
        "refusal": {"kind": str(kind_of(diagnosis.first.result, diagnosis.recipient)), **_observed(diagnosis.first)},
        "experiments": [
            {
                "name": step.experiment.name,
                "question": step.experiment.question,
                "cost": round(step.experiment.cost(belief.depth), 2),
                "kind": step.kind,
                **_observed(step.observed),
                "alive": round(step.belief.alive, _DIGITS),
                "likeliest": dict(
                    [next((cause.value, round(w, _DIGITS)) for cause, w in step.belief.causes().items())]
                ),
            }
            for step in diagnosis.steps
        ],
    }


def said(observed: Observed) -> str:
    """Return what a gateway said on one line, or what happened in its place."""
    reply = observed.result.reply
    if reply is None:
        return observed.result.text
    return reply_line(reply.code, str(reply.enhanced) if reply.enhanced else None, reply.text)


def _observed(observed: Observed) -> dict[str, Any]:
    return {
        "at": observed.at,
        "stage": observed.result.stage.value,
        "reply": said(observed),
        "dialogue": observed.dialogue.split("\n") if observed.dialogue else [],
    }
