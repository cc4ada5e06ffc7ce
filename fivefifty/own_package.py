"""Finds out whether Python imports another ``probe`` than ours, such as a file of that name in the user's project."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).parents[1] / "probe" / "__init__.py"


def hidden_by() -> str | None:
    """Return the file or folder that hides fivefifty's package ``probe``, None if there is none."""
    file: object
    module = sys.modules.get("probe")
    if module is None:
        spec = find_spec("probe")
        if spec is None:
            return None  # the import says best what is missing
        file = spec.origin or next(iter(spec.submodule_search_locations or ()), "")
    else:
        file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return "a module probe that has no file"
    return None if Path(file).resolve() == OURS.resolve() else file.removesuffix("/__init__.py")


def sentence(file: str) -> str:
    """Return what to tell the user about a file or folder of ``hidden_by``."""
    return f"{file}: hides the package of fivefifty that has the same name; rename it, or omit fivefifty"
