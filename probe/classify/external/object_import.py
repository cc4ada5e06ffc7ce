"""Imports an object of the user, named ``module:name``: a classifier or a suppression policy."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from probe.classify.reading import on_one_line
from probe.input_error import InputError

_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def is_object_name(text: str) -> bool:
    """Whether a text has the form ``package.module:attribute``."""
    return _NAME.fullmatch(text) is not None


def import_object(name: str, place: str, folder: Path) -> Any:
    """Return the object that ``package.module:attribute`` names; raises InputError, which starts with ``place``.

    ``folder`` comes last on ``sys.path``, so a file in it never hides a module of Python or of an installed package.
    """
    path = str(folder.absolute())
    if path not in sys.path:
        sys.path.append(path)
    module, _, attributes = name.partition(":")
    try:
        found: Any = import_module(module)
        for attribute in attributes.split("."):
            found = getattr(found, attribute)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything while it is imported
        problem = f"cannot be imported ({type(error).__name__}: {on_one_line(error)})"
        remedy = f"correct the name or the module, which is looked for among installed packages, then in {path}"
        raise InputError(place, problem, remedy) from None
    return found
