"""Reads and checks scenario files; every mistake is an InputError with place and remedy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from fake_gateways import persona as personas
from fake_gateways.policies import KINDS
from fake_gateways.session import ALWAYS_TOLD
from probe.input_error import InputError
from probe.scenario.companies import always
from probe.scenario.model import GatewaySpec, Scenario
from probe.user_files import is_file
from probe.validation_errors import first_mistake, problem_and_remedy

MAX_OCTETS: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Loaded:
    """A scenario, the folder its file names are relative to, and its path for errors."""

    scenario: Scenario
    folder: Path
    path: str


def load(path: Path) -> Loaded:
    """Read and check a scenario file; raises InputError for the first mistake."""
    return check(read(path), folder=path.parent, path=str(path))


def read(path: Path) -> dict[str, Any]:
    """Read a scenario file without checking its tables; raises InputError if it is not valid TOML."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise InputError(
            path, f"cannot be read ({error.strerror})", "check the file name and its permissions"
        ) from None
    if len(octets) > MAX_OCTETS:
        raise InputError(path, "is larger than 16 MiB", "move lists of recipients into a CSV file (seed_list)")
    try:
        return tomllib.loads(octets.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(path, f"is not valid TOML ({error})", "correct the line it names") from None


def check(raw: dict[str, Any], *, folder: Path, path: str) -> Loaded:
    """Check a scenario that is already parsed from TOML; raises InputError."""
    try:
        scenario = Scenario.model_validate(raw, context={"folder": folder})
    except ValidationError as error:
        mistake = first_mistake(error)
        place = f"{path}: {_place(mistake['loc'], raw)}".removesuffix(": ")
        raise InputError(place, *problem_and_remedy(mistake)) from None
    for gateway in scenario.gateway:
        _check_persona(gateway, path)
    for number, campaign in enumerate(scenario.campaign):
        for variant in campaign.message:
            if not is_file(folder / variant.file):
                place = f"{path}: campaign[{number}].message"
                raise InputError(place, f"{variant.file} is not a file in {folder}", "correct the file name")
    retest = scenario.sender.retest
    if retest is not None and retest.message is not None and not is_file(folder / retest.message):
        problem = f"{retest.message} is not a file in {folder}"
        raise InputError(f"{path}: sender.retest.message", problem, "correct the file name")
    return Loaded(scenario, folder, path)


def _check_persona(gateway: GatewaySpec, path: str) -> None:
    """Raise InputError for an unknown persona, a stage a policy cannot act at, or a claim without a policy."""
    place = f"{path}: gateway.{gateway.name}"
    load_persona(gateway.persona, f"{place}.persona")
    causes = set(ALWAYS_TOLD)
    for number, settings in enumerate((*gateway.policy, *always(gateway.policy))):
        here = f"{place}.policy[{number}]"
        if settings.at is not None and settings.at not in settings.nature.stages:
            possible = ", ".join(sorted(settings.nature.stages))
            raise InputError(f"{here}.at", f"{settings.kind} cannot act at {settings.at}", f"use one of: {possible}")
        backend = getattr(settings, "backend", None)
        if backend is not None:
            load_persona(backend, f"{here}.backend")
        causes |= set(settings.nature.causes)
    for cause in gateway.claims:
        if cause not in causes:
            problem = f"no policy of the gateway refuses for {cause}, so nothing would be claimed"
            raise InputError(f"{place}.claims.{cause}", problem, "add the policy or remove the claim")


def load_persona(name: str, place: str) -> personas.Persona:
    """Return a persona by its name or file; raises InputError."""
    try:
        return personas.load(name)
    except KeyError:
        known = ", ".join(personas.names())
        problem = f"{name!r} is not a persona"
        raise InputError(place, problem, f"use one of: {known}; or a file that ends in .toml") from None
    except OSError as error:
        if not name.endswith(".toml"):
            raise  # a file of ours
        raise InputError(place, f"{name} cannot be read ({error.strerror})", "check the file name") from None
    except ValueError as error:
        raise InputError(place, f"{name} is not a valid persona ({error})", "see fivefifty personas check") from None


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    """Return the path to a key as text: gateways by their names, entries of other lists by number."""
    words: list[str] = []
    value = raw
    for step in loc:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
            name = value.get("name") if isinstance(value, dict) else None
            words[-1] += f".{name}" if isinstance(name, str) and words[-1] == "gateway" else f"[{step}]"
            continue
        if isinstance(value, dict) and step not in value and step in KINDS:
            continue  # pydantic adds the union member it chose
        value = value.get(step) if isinstance(value, dict) else None
        if step != "[key]":
            words.append(str(step))
    return ".".join(words)
