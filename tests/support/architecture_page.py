"""What ARCHITECTURE.md shows of the tree: the floors, drawn from the list that the tests use, and a listing."""

from __future__ import annotations

import ast
import re
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from source_tree import ROOT

WIDTH: Final = 126
LEVELS: Final = 2


def drawing(floors: Sequence[str]) -> str:
    """Return the floors from top to bottom, a line for each folder with what it is for."""
    lines = []
    for floor in floors:
        folder = ROOT / floor
        is_whole = not any(other.startswith(f"{floor}/") for other in floors)
        if folder.is_dir() and is_whole:
            lines.append(f"{floor + '/':<23} {_purpose(folder)}")
        elif lines and lines[-1].startswith(f"{floor.partition('/')[0]}/*") and "/" in floor:
            lines[-1] += f" > {floor.partition('/')[2]}"
        else:
            package, _, module = floor.partition("/")
            lines.append(f"{package}/*.py".ljust(24) + (module or f"the other modules of {package}"))
    return "\n".join(lines)


def _purpose(folder: Path) -> str:
    """Return the first sentence of a package's docstring, without its full stop."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    return re.split(r"\.(?:\s|$)", " ".join(said.split()))[0]


def _shown(folder: str, file: str) -> str:
    """Return how a file is listed: modules without their ending, the many scenarios as one."""
    return "*.toml" if folder == "scenarios" and file.endswith(".toml") else file.removesuffix(".py")


def listing() -> str:
    """Return the tree two levels deep, as git knows it: folders with a slash, modules without their ending."""
    known = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    tree: dict[str, set[str]] = {}
    for name in known:
        if not (ROOT / name).exists():
            continue
        first, _, rest = name.partition("/")
        within = tree.setdefault(f"{first}/" if rest else first, set())
        if rest:
            second, _, deeper = rest.partition("/")
            within.add(f"{second}/" if deeper else _shown(first, second))
    lines = []
    for folder in sorted(name for name in tree if name.endswith("/")):
        text = "  ".join(
            sorted(tree[folder] - {"__init__", "py.typed"}, key=lambda name: (not name.endswith("/"), name))
        )
        lines += textwrap.wrap(f"{folder:<16}{text}", WIDTH, subsequent_indent=" " * 16, break_on_hyphens=False)
    lines += textwrap.wrap("  ".join(sorted(name for name in tree if not name.endswith("/"))), WIDTH)
    return "\n".join(lines)
