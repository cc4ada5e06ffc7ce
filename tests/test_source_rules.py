"""What every source and test file has: a short body, a name that says something, a docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from source_tree import ROOT, SOURCES, TESTS, tree_of

MOST_LINES: Final = 400
SAY_NOTHING: Final = {"utils", "util", "helpers", "helper", "common", "misc", "models", "base"}


def test_a_file_is_short_enough_to_read() -> None:
    lengths = {file: len((ROOT / file).read_text("utf-8").splitlines()) for file in (*SOURCES, *TESTS)}
    assert {file: length for file, length in lengths.items() if length > MOST_LINES} == {}


def test_a_files_name_says_what_it_holds() -> None:
    words = {file: {word for part in Path(file).with_suffix("").parts for word in (part, *part.split("_"))}
             for file in (*SOURCES, *TESTS)}  # fmt: skip
    assert [file for file, said in words.items() if said & SAY_NOTHING] == []


def undocumented(node: ast.Module | ast.ClassDef, name: str) -> Iterator[str]:
    """Yield the public definitions in a module or class that have no docstring, itself included."""
    if not ast.get_docstring(node):
        yield name
    for below in node.body:
        if not isinstance(below, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or below.name.startswith("_"):
            continue
        if isinstance(below, ast.ClassDef):
            yield from undocumented(below, f"{name}.{below.name}")
        elif not ast.get_docstring(below):
            yield f"{name}.{below.name}"


def test_every_public_definition_has_a_docstring() -> None:
    assert [name for file in SOURCES for name in undocumented(tree_of(file), file)] == []


def test_every_test_file_has_a_docstring() -> None:
    assert [file for file, path in TESTS.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []
