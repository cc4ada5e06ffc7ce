"""Which classifiers are to read: by name, opened when they are needed and closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from probe.classify.always_keep import AlwaysKeep
from probe.classify.by_code import ByCode
from probe.classify.by_text import ByText
from probe.classify.context import Context
from probe.classify.reading import Classifier
from probe.input_error import InputError

BASELINES: Final[dict[str, Callable[[], Classifier]]] = {"code": ByCode, "text": ByText, "always-keep": AlwaysKeep}
"""What most senders do today, and what is left of it if nobody is ever suppressed."""


@dataclass(frozen=True)
class Chosen:
    """A classifier under the name its scores go by. ``open`` makes it ready; leaving the context closes it."""

    name: str
    open: Callable[[], AbstractContextManager[Classifier]]


KNOWN: Final[dict[str, Callable[[], Classifier]]] = {
    **BASELINES,
    "context": Context,
}
"""Every classifier there is; the baselines read where none is named."""


def choose(wanted: Iterable[str] | None, place: str = "--classifier") -> tuple[Chosen, ...]:
    """Return the classifiers that are named, all baselines where none is; raises InputError for an unknown one."""
    names = tuple(dict.fromkeys(wanted or BASELINES))
    return tuple(_chosen(name, place) for name in names)


def _chosen(name: str, place: str) -> Chosen:
    if name not in KNOWN:
        raise InputError(f"{place} {name}", "is not a classifier", f"use one of: {', '.join(KNOWN)}")
    return Chosen(name, lambda: nullcontext(KNOWN[name]()))
