"""Finds classifiers by their specifications. Each is opened when it is needed, and closed afterwards.

Choosing a classifier already reads its files, imports its Python objects and checks that its program exists, so that
mistakes are reported before any mail is sent.
"""

from __future__ import annotations

import ipaddress
import shlex
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from fake_gateways.loopback import Network, require_inside
from probe.classify.always_keep import AlwaysKeep
from probe.classify.by_code import ByCode
from probe.classify.by_text import ByText
from probe.classify.context import Context
from probe.classify.context.partial import ContextAtFirst, ContextDiagnosed, ContextRetested
from probe.classify.external import http_endpoint, python_object
from probe.classify.external.program import Program
from probe.classify.reading import ChosenClassifier, Classifier
from probe.classify.rules import files
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.rule_set import LABEL_REMEDY, RuleSet
from probe.classify.spec import KNOWN, REPORTED, RULE_KINDS, ClassifierSpec, parse, where
from probe.input_error import InputError
from probe.user_files import is_file

BASELINES: Final[dict[str, Callable[[], Classifier]]] = {"code": ByCode, "text": ByText, "always-keep": AlwaysKeep}
"""What most senders do today, and the opposite: to suppress no address at all."""

OURS: Final[dict[str, Callable[[], Classifier]]] = {
    **BASELINES,
    "context": Context,
    "context-at-first": ContextAtFirst,
    "context-retested": ContextRetested,
    "context-diagnosed": ContextDiagnosed,
}
"""All classifiers of this package."""

PATIENCE_S: Final = 60.0
"""The default time in seconds that a program or an endpoint may be silent."""


@dataclass(frozen=True)
class _Terms:
    """The folder of relative file names, and what classifiers may do."""

    folder: Path
    patience_s: float
    allowed: Sequence[Network]
    check_only: bool


def choose(
    wanted: Iterable[str] | None,
    place: str = "--classifier",
    folder: Path = Path(),
    *,
    patience_s: float = PATIENCE_S,
    allowed: Sequence[Network] = (),
    check_only: bool = False,
) -> tuple[ChosenClassifier, ...]:
    """Return the requested classifiers, or all baselines if none is requested.

    Args:
        wanted: Specifications, ``[NAME=]WHAT``.
        place: Where the specifications come from, for error messages.
        folder: File names are relative to it, and programs run in it.
        patience_s: The time in seconds that a program or an endpoint may be silent.
        allowed: Networks, besides loopback, in which endpoints may be.
        check_only: Do not import the user's Python modules. Such a classifier can be checked, but not opened.

    Raises:
        InputError: A specification is not valid, or names something that does not exist.
        OutsideError: An endpoint is outside loopback and the allowed networks.
    """
    terms = _Terms(folder, patience_s, allowed, check_only)
    return tuple(_choose_one(spec, place, terms) for spec in parse(wanted or BASELINES, place))


def _choose_one(spec: ClassifierSpec, place: str, terms: _Terms) -> ChosenClassifier:
    chosen = _chosen(spec, where(place, spec.text), terms)
    return replace(chosen, again=partial(_choose_one, spec, place, terms))


def with_baselines(chosen: Sequence[ChosenClassifier], named: Iterable[str]) -> tuple[ChosenClassifier, ...]:
    """Return the classifiers, and the baselines among ``named`` that they lack."""
    names = {each.name for each in chosen}
    lacking = [name for name in named if name in BASELINES and name not in names]
    return (*chosen, *(choose(lacking) if lacking else ()))


def _chosen(spec: ClassifierSpec, here: str, terms: _Terms) -> ChosenClassifier:
    if spec.name == REPORTED:
        raise InputError(
            here,
            f"has the name {spec.name}, which is reserved for reports of another mail system",
            "give it another name: NAME=WHAT",
        )
    if spec.name in OURS and (spec.kind, spec.what) != (KNOWN, spec.name):
        raise InputError(here, f"has the name {spec.name} of a built-in classifier", "give it another name: NAME=WHAT")
    if spec.kind in RULE_KINDS:
        rule_set = _rules(spec, here, terms.folder)
        return ChosenClassifier(spec.name, _opening(lambda: RuleClassifier(rule_set)), _notes(spec.name, rule_set))
    return ChosenClassifier(spec.name, _opener(spec, here, terms))


def _opener(spec: ClassifierSpec, here: str, terms: _Terms) -> Callable[[], AbstractContextManager[Classifier]]:
    if spec.kind == KNOWN and spec.what in OURS:
        return _opening(OURS[spec.what])
    if spec.kind == KNOWN:
        return _opening(python_object.entry_point(spec.what, here, tuple(OURS), check_only=terms.check_only))
    if spec.kind == "python":
        return _opening(python_object.named(spec.what, here, terms.folder, check_only=terms.check_only))
    if spec.kind == "program":
        command = _command(spec.what, here, terms.folder)
        return partial(Program, spec.name, command, terms.folder, terms.patience_s)
    url = _address(spec.what, here)
    if not terms.check_only:
        require_inside(url.hostname or "", terms.allowed)
    return http_endpoint.opener(spec.name, url.geturl(), terms.patience_s, here)


def _opening(make: Callable[[], Classifier]) -> Callable[[], AbstractContextManager[Classifier]]:
    return lambda: nullcontext(make())


def _notes(name: str, rule_set: RuleSet) -> tuple[str, ...]:
    unknown = rule_set.unknown_classes
    if not unknown:
        return ()
    listed = ", ".join(f"{each} ({rule.place})" for each, rule in unknown.items())
    remedy = LABEL_REMEDY.format(next(iter(unknown)))
    return (f"{name}: classes of no known cause, by which nobody is suppressed: {listed}; {remedy}",)


def _rules(spec: ClassifierSpec, here: str, folder: Path) -> RuleSet:
    """Read rule files."""
    paths = [folder / name.strip() for name in spec.what.split(",")]
    for path in paths:
        if not is_file(path):
            raise InputError(here, f"{path} is not a file", "correct the file name")
    rules_in, labels = files.without_labels(paths)
    return files.load(spec.kind, rules_in, labels)


def _command(text: str, here: str, folder: Path) -> list[str]:
    """Split a command like a shell, and find its program."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError(here, f"cannot be split into words ({error})", "close the quotes") from None
    if not words:
        raise InputError(here, "names no program", "write for example program:python3 classify.py")
    given = words[0]
    if "/" in given:
        path = (folder / given).absolute()
        if not is_file(path):
            raise InputError(here, f"{path} is not a file", "correct the file name")
        if shutil.which(str(path)) is None:
            raise InputError(
                here, f"{path} is not executable", "run chmod +x on it, or write its interpreter before it"
            )
        return [str(path), *words[1:]]
    found = shutil.which(given)
    if found is None:
        raise InputError(here, f"there is no program {given} in PATH", f"install it, or write ./{given}")
    return [str(Path(found).absolute()), *words[1:]]


def _address(text: str, here: str) -> SplitResult:
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError as error:
        raise InputError(
            here, f"is not a valid URL ({error})", "write for example http://127.0.0.1:8000/classify"
        ) from None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # A host name could resolve to an address outside this machine.
        raise InputError(
            here, "has a host name", "write an IP address, for example http://127.0.0.1:8000/classify"
        ) from None
    return url
