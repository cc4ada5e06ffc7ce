"""Python objects as classifiers: objects in modules of the user, and entry points of installed distributions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, cast

from probe.classify.evidence import Evidence
from probe.classify.external.object_import import import_object, is_object_name
from probe.classify.reading import Classifier, ClassifierError, Reading, on_one_line
from probe.input_error import InputError, one_of

GROUP: Final = "fivefifty.classifiers"
"""The entry point group in which distributions offer classifiers."""


class _Function:
    """Makes a classifier of a function."""

    def __init__(self, function: Callable[[Evidence], Reading]) -> None:
        self._function = function

    def classify(self, evidence: Evidence) -> Reading:
        """Call the function."""
        return self._function(evidence)


def installed() -> list[EntryPoint]:
    """Return the classifiers of installed distributions, ordered by name."""
    return sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def named(what: str, here: str, folder: Path, *, check_only: bool = False) -> Callable[[], Classifier]:
    """Return a function that makes the classifier ``module:name``; modules in ``folder`` can be imported.

    The name may stand for a class, a function without arguments that makes a classifier, a function ``(Evidence) ->
    Reading``, or a classifier object. Raises InputError.
    """
    if not is_object_name(what):
        raise InputError(
            here, f"{what!r} is not the name of an object", "write for example python:my_package.module:Name"
        )
    if check_only:
        return _never
    return _factory(import_object(what, here, folder), here)


def entry_point(
    name: str, here: str, baselines: Sequence[str], *, check_only: bool = False
) -> Callable[[], Classifier]:
    """Return a function that makes the classifier that an installed distribution offers; raises InputError."""
    known = installed()
    found = [point for point in known if point.name == name]
    if not found:
        offered = dict.fromkeys([*baselines, *(point.name for point in known)])
        remedy = f"{one_of(name, offered)} (fivefifty classifiers shows how to use your own)"
        raise InputError(here, "is not a classifier", remedy)
    if len(found) > 1:
        offers = " and ".join(point.value for point in found)
        raise InputError(here, f"is offered twice, as {offers}", f"choose one: {name}=python:{found[0].value}")
    return _never if check_only else _loaded(found[0], here)


def _loaded(point: EntryPoint, here: str) -> Callable[[], Classifier]:
    try:
        found = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything while it is imported
        problem = f"cannot be imported ({type(error).__name__}: {on_one_line(error)})"
        raise InputError(here, problem, "correct the distribution, or uninstall it") from None
    return _factory(found, here)


def _factory(found: Any, here: str) -> Callable[[], Classifier]:
    """Return a function that makes the classifier that an object is or makes; raises InputError."""
    if _is_classifier(found) and not isinstance(found, type):
        return lambda: cast("Classifier", found)
    if not callable(found):
        problem = f"is a {type(found).__name__}, which is not a classifier"
        raise InputError(here, problem, "name a class or a function, or an object with classify or classify_campaign")
    if _can_be_called(found):
        return lambda: _made(found)
    if isinstance(found, type):
        problem = f"is a class that needs arguments ({found.__name__})"
        raise InputError(here, problem, "name a function without arguments that makes the object")
    if not _can_be_called(found, None):
        raise InputError(
            here, "is a function with more than one argument", "give it one argument, the evidence, or none"
        )
    return lambda: _Function(found)


def _can_be_called(found: Callable[..., Any], *arguments: object) -> bool:
    try:
        inspect.signature(found).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a C function without a signature
        return True
    return True


def _made(make: Callable[[], Any]) -> Classifier:
    """Make a classifier; raises ClassifierError if that fails."""
    name = getattr(make, "__qualname__", repr(make))
    try:
        made = make()
    except (Exception, SystemExit) as error:
        raise ClassifierError(f"{name}() failed: {type(error).__name__}: {on_one_line(error)}") from error
    if not _is_classifier(made):
        raise ClassifierError(
            f"{name}() returned a {type(made).__name__}, which has neither classify nor classify_campaign"
        )
    return cast("Classifier", made)


def _is_classifier(found: object) -> bool:
    methods = {name for name in ("classify", "classify_campaign", "observe", "reader") if hasattr(found, name)}
    return bool(methods & {"classify", "classify_campaign"}) or methods == {"observe", "reader"}


def _never() -> Classifier:
    msg = "the classifier was only checked"
    raise AssertionError(msg)
