"""Remarks for authors of personas: what is missing. A persona with remarks still works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fake_gateways.persona import Persona, Refusal
from fake_gateways.policies import KINDS
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause

_TEMPORARY: Final = re.compile(r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?!\.?\d)")


def remarks(persona: Persona, file_name: str) -> Iterator[str]:
    """Yield a sentence for each thing that is missing, misleading, or can never be used.

    ``file_name`` is the name of the persona's file, without its suffix.
    """
    if persona.name != file_name:
        yield f'name is "{persona.name}", but the file is {file_name}.toml; use the same name for both'
    yield from _causes(persona)
    for number, refusal in enumerate(persona.refusal):
        yield from _wording(refusal, f"refusal[{number}] ({refusal.cause}, {refusal.code})")
    for kind in persona.numbers:
        if kind not in persona.order:
            yield f"numbers.{kind} is given, but order does not name {kind}"
    if not persona.numbers:
        yield "numbers are missing; with usual = true such a gateway has only its directory policy"
    if not persona.lie:
        yield "lie is missing; add the known ways in which this vendor names a wrong cause"


def _causes(persona: Persona) -> Iterator[str]:
    worded = {refusal.cause for refusal in persona.refusal}
    for cause in Cause:
        if cause not in worded:
            deciding = [kind for kind in persona.order if cause in KINDS[kind].nature.causes]
            by = f", although order has {', '.join(deciding)}" if deciding else ""
            yield f"{cause} has no wording of this vendor{by}; plain words of the standards will be used"
    if not persona.known_at(Cause.USER_UNKNOWN, Stage.RCPT):
        yield "user-unknown has no wording at rcpt, where honest gateways use it; lies copy that wording"


def _wording(refusal: Refusal, place: str) -> Iterator[str]:
    for stage in refusal.stages:
        if not can_be_used(refusal, stage):
            by = ", ".join(refusal.by)
            yield f"{place} can never be used at {stage}: {by} cannot refuse for {refusal.cause} there"
    if refusal.cause is Cause.USER_UNKNOWN and (refusal.code < 500 or _TEMPORARY.search(refusal.text)):
        yield f"{place} is temporary; refuse an unknown user with 5xx and 5.x.x, because lies copy this wording"
    if "from memory" in refusal.source:
        yield f"{place} is from memory; find a sample and cite it"


def can_be_used(refusal: Refusal, stage: Stage) -> bool:
    """Whether a wording can be used at a stage.

    A lie may claim any cause at any stage, but it does not use the wordings of particular policies.
    """
    natures = [KINDS[kind].nature for kind in refusal.by]
    deciding = any(refusal.cause in nature.causes and stage in nature.stages for nature in natures)
    return not refusal.by or stage is Stage.REPORT or deciding
