"""Reads and checks scenario files; every mistake is an InputError with place and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from fake_gateways import persona as personas
from fake_gateways.policies import KINDS
from fake_gateways.session import ALWAYS_TOLD
from fake_gateways.smtp.envelope import BEFORE_RCPT
from fake_gateways.strict import InvalidValueError
from probe.input_error import InputError, not_utf8, one_of, raise_all, valid_toml
from probe.scenario.companies import always
from probe.scenario.model import GatewaySpec, Scenario
from probe.user_files import exists, is_file, read_text
from probe.validation_errors import UNKNOWN_KEY, mistakes, problem_and_remedy, shortened

MAX_OCTETS: Final = 16 * 1024 * 1024
_SENT: Final = ("sender", "campaign")
"""The tables that describe what is sent."""
_NO_LOGIN: Final = "refuses all mail of run, whose sender does not log in"


@dataclass(frozen=True)
class Loaded:
    """A scenario, the folder its file names are relative to, and its path for errors.

    One that is ``trusted`` is part of a test. Others may come from a stranger, so code that they name runs only if the
    user allows it, and they name no file outside their folder and their repository.
    """

    scenario: Scenario
    folder: Path
    path: str
    trusted: bool = False


def load(path: Path, *, served: bool = False) -> Loaded:
    """Read and check a scenario file; raises InputError with every mistake.

    One that is only ``served`` needs no sender and no campaign.
    """
    return check(read(path), folder=path.parent, path=str(path), served=served)


def read(path: Path) -> dict[str, Any]:
    """Read a scenario file without checking its tables; raises InputError if it is not valid TOML."""
    text = read_text(path, MAX_OCTETS, "move lists of recipients into a CSV file (seed_list)")
    return valid_toml(text, path)


def check(raw: dict[str, Any], *, folder: Path, path: str, served: bool = False, trusted: bool = False) -> Loaded:
    """Check a scenario that is already parsed from TOML; raises InputError with every mistake."""
    absent = (
        [] if served else [InputError(f"{path}: {key}", "is missing", "add it") for key in _SENT if not raw.get(key)]
    )
    context: dict[str, Any] = {"folder": folder}
    if not trusted:
        context["check_file"] = partial(require_in_project, folder)
    try:
        scenario = Scenario.model_validate(raw, context=context)
    except ValidationError as error:
        found = mistakes(error)
        places = [f"{path}: {_place(each['loc'], raw)}".removesuffix(": ") for each in found]
        wrong = [
            InputError(place, *problem_and_remedy(each, Scenario)) for place, each in zip(places, found, strict=True)
        ]
        misspelt = [each for each in wrong if each.problem == UNKNOWN_KEY]
        raise_all([*wrong, *([] if misspelt else absent)])
        raise
    raise_all([*absent, *_mistakes_of_gateways(scenario, path, served=served), *_missing_files(scenario, folder, path)])
    return Loaded(scenario, folder, path, trusted)


def _missing_files(scenario: Scenario, folder: Path, path: str) -> Iterator[InputError]:
    named = [
        (f"campaign[{number}].message", variant.file)
        for number, campaign in enumerate(scenario.campaign)
        for variant in campaign.message
    ]
    retest = scenario.sender.retest
    if retest is not None and retest.message is not None:
        named.append(("sender.retest.message", retest.message))
    for key, file in named:
        if not is_file(folder / file):
            yield InputError(f"{path}: {key}", f"{file} is not a file in {folder}", "correct the file name")


def _mistakes_of_gateways(scenario: Scenario, path: str, *, served: bool) -> Iterator[InputError]:
    for gateway in scenario.gateway:
        if not served and (gateway.lmtp or (gateway.login is not None and gateway.login.required)):
            key, problem = ("lmtp", "is for fivefifty serve") if gateway.lmtp else ("login.required", _NO_LOGIN)
            yield InputError(f"{path}: gateway.{gateway.name}.{key}", problem, "remove it, or use fivefifty serve")
        try:
            _check_gateway(gateway, path)
        except InputError as error:
            yield error


def _check_gateway(gateway: GatewaySpec, path: str) -> None:
    """Raise InputError for an unknown persona, a stage a policy cannot act at, or a claim without a policy."""
    place = f"{path}: gateway.{gateway.name}"
    persona = load_persona(gateway.persona, f"{place}.persona")
    causes = set(ALWAYS_TOLD)
    for number, settings in enumerate((*gateway.policy, *always(gateway))):
        here = f"{place}.policy[{number}]"
        if settings.at is not None and settings.at not in settings.nature.stages:
            possible = ", ".join(sorted(settings.nature.stages))
            raise InputError(f"{here}.at", f"{settings.kind} cannot act at {settings.at}", f"use one of: {possible}")
        stages = settings.asked_at or {persona.stage_of(settings)}
        if settings.domains and stages <= BEFORE_RCPT:
            problem = f"{settings.kind} acts at {min(stages)}, where no recipient is known yet"
            later = sorted(settings.nature.stages - BEFORE_RCPT)
            remedy = f"set at to one of: {', '.join(later)}" if later else "remove domains"
            raise InputError(f"{here}.domains", problem, remedy)
        backend = getattr(settings, "backend", None)
        if backend is not None:
            load_persona(backend, f"{here}.backend")
        causes |= set(settings.nature.causes)
    for cause in gateway.claims:
        if cause not in causes:
            problem = f"no policy of the gateway refuses for {cause}, so nothing would be claimed"
            raise InputError(f"{place}.claims.{cause}", problem, "add the policy or remove the claim")


def load_persona(name: str, place: str) -> personas.Persona:
    """Return a persona by its name or file; raises InputError with every mistake in it.

    ``place`` is where it is named, or the name itself if that was an argument.
    """
    file = name if place == name else f"{place}: {name}"
    try:
        return personas.load(name)
    except KeyError:
        problem = "is not a persona" if place == name else f"{name!r} is not a persona"
        raise InputError(
            place or '""', problem, one_of(name, [*personas.names(), "a file that ends in .toml"])
        ) from None
    except OSError as error:
        if not name.endswith(".toml"):
            raise  # a file of ours
        raise InputError(file, f"cannot be read ({error.strerror})", "check the file name") from None
    except ValidationError as error:
        raise_all(_mistakes_of_persona(error, file))
        raise
    except UnicodeDecodeError as error:
        raise InputError(file, not_utf8(error), "save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise InputError(file, f"is not valid TOML ({error})", "correct the line it names") from None


def _mistakes_of_persona(error: ValidationError, file: str) -> list[InputError]:
    return [
        InputError(
            f"{file}: {key}" if (key := _key(each["loc"])) else file, *problem_and_remedy(each, personas.Persona)
        )
        for each in mistakes(error)
    ]


def _key(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{shortened(step)}" for step in loc).removeprefix(".")


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
            words.append(shortened(step))
    return ".".join(words)


def require_in_project(folder: Path, name: str) -> None:
    """Raise InvalidValueError for a file that a scenario in ``folder`` may not name.

    It may name those of its folder, and those of the repository that it is in. Links count as what they lead to.
    """
    own = folder.resolve()
    project = next((each for each in (own, *own.parents) if exists(each / ".git")), own)
    try:
        lies_in = (own / name).resolve().is_relative_to(project)
    except (OSError, ValueError, RuntimeError):  # too long, with a NUL, a circle of links
        lies_in = False
    if not lies_in:
        raise InvalidValueError(f"{name!r} is not in the folder or the repository of the scenario", "copy it there")
