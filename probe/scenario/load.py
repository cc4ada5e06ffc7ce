"""Reads a scenario file and says of every mistake where it is and how to mend it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fake_gateways import persona as personas
from fake_gateways.policies import NATURES
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.truth import Cause
from probe.input_error import InputError
from probe.scenario.model import GatewaySpec, Scenario, stage_of

MAX_OCTETS: Final = 4 * 1024 * 1024
_REMEDIES: Final = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not a known key", "correct its spelling or remove it"),
    "union_tag_invalid": ("has a type that is none of the policies", "use one of: {expected_tags}"),
    "union_tag_not_found": ("has no type", "name the policy with type"),
    "enum": ("is {input!r}, which is not among the known values", "use one of: {expected}"),
    "literal_error": ("is {input!r}, which is not among the known values", "use one of: {expected}"),
}


@dataclass(frozen=True)
class Loaded:
    """A scenario with the folder its file names are relative to."""

    scenario: Scenario
    folder: Path
    path: str


def load(path: Path) -> Loaded:
    """Read and check a scenario file; raises InputError for the first mistake."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise InputError(
            path, f"cannot be read ({error.strerror})", "check the file name and its permissions"
        ) from None
    if len(octets) > MAX_OCTETS:
        raise InputError(path, "is larger than 4 MiB", "move lists of recipients into a CSV file (seed_list)")
    try:
        raw = tomllib.loads(octets.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(path, f"is not valid TOML ({error})", "correct the line it names") from None
    return check(raw, folder=path.parent, path=str(path))


def check(raw: dict[str, Any], *, folder: Path, path: str) -> Loaded:
    """Check a scenario already parsed from TOML; raises InputError."""
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise _first(error.errors(), raw, path) from None
    for gateway in scenario.gateway:
        _check_persona(gateway, path)
    if not (folder / scenario.campaign[0].message).is_file():
        place = f"{path}: campaign[0].message"
        raise InputError(place, f"{scenario.campaign[0].message} is not a file in {folder}", "correct the file name")
    return Loaded(scenario, folder, path)


def _check_persona(gateway: GatewaySpec, path: str) -> None:
    """Refuse a gateway that would have to say what its persona has no words for."""
    place = f"{path}: gateway.{gateway.name}"
    try:
        persona = personas.load(gateway.persona)
    except KeyError:
        known = ", ".join(personas.names())
        raise InputError(f"{place}.persona", f"{gateway.persona!r} is not a persona", f"use one of: {known}") from None
    told = set(personas.ALWAYS_TOLD)
    given = {settings.type for settings in gateway.policy}
    always = () if "directory" in given else (DirectorySettings(),)
    for number, settings in enumerate((*gateway.policy, *always)):
        stage = stage_of(settings, persona.at)
        nature = NATURES[settings.type]
        here = f"{place}.policy[{number}]"
        if stage is None:
            raise InputError(here, f"persona {persona.name} has no place for {settings.type}", "remove the policy")
        if stage not in nature.stages:
            possible = ", ".join(sorted(nature.stages))
            raise InputError(f"{here}.at", f"{settings.type} cannot speak at {stage}", f"use one of: {possible}")
        told |= {(cause, stage) for cause in nature.causes}
        _check_wordings(gateway, persona, here, {(cause, stage) for cause in nature.causes})
    can_occur = {cause for cause, _ in told}
    for cause, claimed in gateway.claims.items():
        if cause not in can_occur:
            problem = f"no policy of the gateway refuses for {cause}, so nothing would be claimed"
            raise InputError(f"{place}.claims.{cause}", problem, "add the policy or remove the claim")
        _check_wordings(
            gateway, persona, f"{place}.claims.{cause}", {pair for pair in told if pair[0] is cause}, claimed
        )


def _check_wordings(
    gateway: GatewaySpec,
    persona: personas.Persona,
    place: str,
    told: set[tuple[Cause, Any]],
    claimed: Cause | None = None,
) -> None:
    for cause, stage in sorted(told):
        # A cause that is always claimed as another needs no words of its own.
        if claimed is None and cause in gateway.claims and gateway.lies == 1.0:
            continue
        if not persona.refusals(claimed or cause, stage):
            can = ", ".join(sorted({other for other in Cause if persona.refusals(other, stage)})) or "nothing"
            raise InputError(
                place,
                f"persona {persona.name} has no wording for {claimed or cause} at {stage}",
                f"at {stage} it can tell: {can}",
            )


def _first(errors: list[ErrorDetails], raw: dict[str, Any], path: str) -> InputError:
    # An unknown key is usually a misspelt one, so it explains the missing key beside it.
    error = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place = f"{path}: {_place(error['loc'], raw)}".removesuffix(": ")
    values = {"input": error.get("input"), **error.get("ctx", {})}
    if error["type"] in _REMEDIES:
        problem, remedy = (text.format_map(values) for text in _REMEDIES[error["type"]])
        return InputError(place, problem, remedy)
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error" and "; " in message:
        problem, _, remedy = message.partition("; ")
        return InputError(place, problem, remedy)
    shown = repr(error.get("input"))
    return InputError(place, f"{message[:1].lower()}{message[1:]} (found {shown[:60]})", "correct the value")


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    """Write the path to a key as a reader would look for it: gateways by their names, other lists by number."""
    words: list[str] = []
    value = raw
    for step in loc:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
            name = value.get("name") if isinstance(value, dict) else None
            words[-1] += f".{name}" if isinstance(name, str) and words[-1] == "gateway" else f"[{step}]"
            continue
        if isinstance(value, dict) and step not in value and step in NATURES:
            continue  # pydantic names the member of the union it chose
        value = value.get(step) if isinstance(value, dict) else None
        if step != "[key]":
            words.append(str(step))
    return ".".join(words)
