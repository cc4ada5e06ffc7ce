"""Chooses the classifiers of a run: those of the command line, else the scenario's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fake_gateways.loopback import Network
from fake_gateways.strict import InvalidValueError
from probe.classify.reading import ChosenClassifier
from probe.classify.registry import PATIENCE_S, choose
from probe.classify.spec import RULE_KINDS, ClassifierSpec, parse, where
from probe.input_error import InputError
from probe.scenario.load import Loaded, require_in_project


def choose_for(
    loaded: Loaded,
    wanted: Iterable[str] | None,
    place: str = "--classifier",
    *,
    patience_s: float = PATIENCE_S,
    allowed: Sequence[Network] = (),
    programs: bool = False,
    permission: str = "--allow-programs",
    check_only: bool = False,
) -> tuple[ChosenClassifier, ...]:
    """Return the classifiers the user ``wanted``, or the scenario's if there are none.

    A scenario may come from a stranger, so code that it names runs only if the user allows ``programs``, by the option
    ``permission``. With ``check_only`` none runs yet. Raises InputError and OutsideError.
    """
    if wanted:
        return choose(wanted, place, patience_s=patience_s, allowed=allowed, check_only=check_only)
    option, place = place, place_in(loaded)
    for spec in _own_classifiers(loaded):
        if spec.kind in {"python", "program"} and not (programs or loaded.trusted):
            remedy = f"say {permission} if you trust the scenario, or choose by {option}"
            raise InputError(where(place, spec.text), "is code that the scenario would have us run", remedy)
    return choose(
        loaded.scenario.classifiers, place, loaded.folder, patience_s=patience_s, allowed=allowed, check_only=check_only
    )


def _own_classifiers(loaded: Loaded) -> tuple[ClassifierSpec, ...]:
    """Return what a scenario names; raises InputError if it names files that are not its own."""
    found = parse(loaded.scenario.classifiers, place_in(loaded))
    for spec in found:
        _require_own_files(spec, loaded, where(place_in(loaded), spec.text))
    return found


def _require_own_files(spec: ClassifierSpec, loaded: Loaded, here: str) -> None:
    """Raise InputError if a scenario names rule files that are not its own."""
    for name in spec.what.split(",") if spec.kind in RULE_KINDS and not loaded.trusted else ():
        try:
            require_in_project(loaded.folder, name.strip())
        except InvalidValueError as error:
            raise InputError(here, error.problem, error.remedy) from None


def look_at(loaded: Loaded) -> tuple[ChosenClassifier, ...]:
    """Check the scenario's classifiers without running any, and return them; raises InputError."""
    _own_classifiers(loaded)
    return choose(loaded.scenario.classifiers, place_in(loaded), loaded.folder, check_only=True)


def place_in(loaded: Loaded) -> str:
    """Return the place of a scenario's classifiers, for errors."""
    return f"{loaded.path}: classifiers:"
