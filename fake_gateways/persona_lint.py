"""Remarks for authors of personas: what is missing. A persona with remarks still works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fake_gateways.persona import Persona, Refusal
from fake_gateways.policies import KINDS
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import doubled
from fake_gateways.truth import Cause

_TEMPORARY: Final = re.compile(r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?!\.?\d)")


def remarks(persona: Persona, file_name: str) -> Iterator[str]:
    """Yield a sentence for each thing that is missing, misleading, or can never be used.

    ``file_name`` is the name of the persona's file, without its suffix.
    """
    if persona.name != file_name:
        yield f'name is "{persona.name}", but the file is {file_name}.toml; use the same name for both'
    yield from _repeats(persona)
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


def _repeats(persona: Persona) -> Iterator[str]:
    for kind in doubled(limit.of for limit in persona.limit):
        yield f"two limits are of {kind}; only the last counts"
    for kind in doubled(persona.order):
        yield f"order names {kind} twice; only the first place counts"
    for name in doubled(lie.name for lie in persona.lie):
        yield f"two lies are called {name}; only the first can be used"
    first: dict[str, int] = {}
    for number, refusal in enumerate(persona.refusal):
        said = f"{refusal.cause} {sorted(refusal.stages)} {sorted(refusal.by)} {refusal}"
        earlier = first.setdefault(said, number)
        if earlier != number:
            yield f"refusal[{number}] ({refusal.cause}, {refusal.code}) says the same as refusal[{earlier}]; remove one"


def _causes(persona: Persona) -> Iterator[str]:
    """Yield the causes without a wording for which the vendor refuses, as far as ``order`` and ``lie`` say."""
    worded = {refusal.cause for refusal in persona.refusal}
    claimed = {cause for lie in persona.lie for cause in lie.claims.values()}
    for cause in Cause:
        deciding = [kind for kind in dict.fromkeys(persona.order) if cause in KINDS[kind].nature.causes]
        if cause in worded or cause is Cause.UNKNOWN or not (deciding or cause in claimed):
            continue
        why = f"order has {', '.join(deciding)}" if deciding else "a lie claims it"
        yield f"{cause} has no wording of this vendor, although {why}; plain words of the standards will be used"
    if not persona.known_at(Cause.USER_UNKNOWN, Stage.RCPT):
        yield "user-unknown has no wording at rcpt, where honest gateways use it; lies copy that wording"


def _wording(refusal: Refusal, place: str) -> Iterator[str]:
    unused = [stage for stage in refusal.stages if not can_be_used(refusal, stage)]
    if unused:
        by, stages = ", ".join(refusal.by), ", ".join(unused)
        yield f"{place} can never be used at {stages}: {by} cannot refuse for {refusal.cause} there"
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
