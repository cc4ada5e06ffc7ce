"""The source files of our packages as syntax trees, and what each imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("fake_gateways", "fivefifty", "probe")
COPIED: Final = "probe/starter_kit/files/"
"""Files that fivefifty init copies into other repositories: data, not source of ours."""


class Use(NamedTuple):
    """A use of an imported name: its module, the name, the definition around the use, and the line."""

    module: str
    name: str
    within: str
    line: int


def name_of(path: Path) -> str:
    """Return a path as the tables write it: relative to the checkout, with slashes."""
    return path.relative_to(ROOT).as_posix()


SOURCES: Final = {
    name: path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if not (name := name_of(path)).startswith(COPIED)
}
TESTS: Final = {
    name_of(path): path for folder in ("tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))
}


@cache
def tree_of(file: str) -> ast.Module:
    """Return the syntax tree of a source file."""
    return ast.parse(SOURCES[file].read_text("utf-8"), file)


@cache
def imports(file: str) -> tuple[tuple[str, str, int], ...]:
    """Return every import of a file, at any depth: full name, local name, line."""
    return tuple(_imports(file))


def _imports(file: str) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or alias.name.partition(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", alias.asname or alias.name, node.lineno


def uses(file: str) -> Iterator[Use]:
    """Yield every use of an imported name in a file."""
    known = {name: module for module, name, _ in imports(file)}
    for top in tree_of(file).body:
        within = getattr(top, "name", "")
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id in known:
                yield Use(known[node.id], node.id, within, node.lineno)


def file_of(module: str) -> str | None:
    """Return the file of one of our modules, given its dotted name or that of a definition in it."""
    for dotted in (module, module.rpartition(".")[0]):
        for file in (f"{dotted.replace('.', '/')}.py", f"{dotted.replace('.', '/')}/__init__.py"):
            if file in SOURCES:
                return file
    return None


@cache
def imported_files(file: str) -> tuple[tuple[str, int], ...]:
    """Return the files of ours that a file imports, with the line, imports for type checking included."""
    found = ((file_of(module), line) for module, _, line in imports(file))
    return tuple((target, line) for target, line in found if target is not None and target != file)


def has_functions(file: str) -> bool:
    """Whether a file defines a function or a method: a file without any only declares data."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree_of(file)))


def mirror_of(file: str) -> str:
    """Return the path of the unit tests of a source file; a package's are named after the package."""
    path = Path(file)
    if path.name == "__init__.py":
        return f"tests/unit/{path.parent.parent.as_posix()}/test_{path.parent.name}.py".replace("/./", "/")
    return f"tests/unit/{path.parent.as_posix()}/test_{path.name}"
