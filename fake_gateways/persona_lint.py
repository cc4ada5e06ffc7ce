"""Tells the author of a persona what it lacks: nothing here keeps it from being used."""

from __future__ import annotations

from collections.abc import Iterator

from fake_gateways.persona import Persona, Refusal
from fake_gateways.policies import KINDS
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause


def remarks(persona: Persona) -> Iterator[str]:
    """Yield what is missing or can never be said, a sentence each."""
    yield from _causes(persona)
    for number, refusal in enumerate(persona.refusal):
        yield from _wording(refusal, f"refusal[{number}] ({refusal.cause}, {refusal.code})")
    for kind in persona.numbers:
        if kind not in persona.order:
            yield f"numbers.{kind} is given, but order does not say when it is asked"
    if not persona.numbers:
        yield "numbers are missing; with usual = true such a gateway has no policies but its directory"
    if not persona.lie:
        yield "lie is missing; name the ways this vendor is known to say one thing and mean another"


def _causes(persona: Persona) -> Iterator[str]:
    told = {refusal.cause for refusal in persona.refusal}
    for cause in Cause:
        if cause not in told:
            deciding = [kind for kind in persona.order if cause in KINDS[kind].nature.causes]
            by = f", though order has {', '.join(deciding)}" if deciding else ""
            yield f"{cause} has no words of the vendor's{by}; plain words of the standards will be used"
    if not persona.known_at(Cause.USER_UNKNOWN, Stage.RCPT):
        yield "user-unknown has no words at rcpt, where honest gateways say it; every lie copies them"


def _wording(refusal: Refusal, place: str) -> Iterator[str]:
    for stage in refusal.stages:
        if not can_be_said(refusal, stage):
            by = ", ".join(refusal.by)
            yield f"{place} can never be said at {stage}: {by} cannot refuse for {refusal.cause} there"
    if "from memory" in refusal.source:
        yield f"{place} is from memory; find a sample and name it"


def can_be_said(refusal: Refusal, stage: Stage) -> bool:
    """Whether this can come to be said at a stage; a lie may claim any cause anywhere, but in no policy's own words."""
    natures = [KINDS[kind].nature for kind in refusal.by]
    deciding = any(refusal.cause in nature.causes and stage in nature.stages for nature in natures)
    return not refusal.by or stage is Stage.REPORT or deciding
