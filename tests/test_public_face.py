"""The public face: which names users import, that each is documented, and that examples import no other name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from book_rows import attempt, refused
from deadline import DEADLINE_S

from probe.classify import Context, Evidence

ROOT: Final = Path(__file__).parents[1]
PUBLIC: Final = ("probe.testing", "probe.classify", "fake_gateways")
PAGES: Final = {
    "probe.testing": "docs/pytest.md",
    "probe.classify": "docs/classifiers.md",
    "fake_gateways": "docs/classifiers.md",
}
DOCUMENTS: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
EXAMPLES: Final = tuple(
    path
    for folder in ("tests/typing", "scenarios/classifiers", "probe/starter_kit/files")
    for path in sorted((ROOT / folder).glob("*.py"))
)


class Imported(NamedTuple):
    """A name that a document or an example imports from one of our packages."""

    where: str
    module: str
    name: str


def imported(where: str, source: str) -> Iterator[Imported]:
    """Yield what some source code imports from our packages."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (Imported(where, node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (Imported(where, alias.name, "") for alias in node.names)


def blocks(document: Path) -> list[str]:
    """Return the Python code of a document."""
    return re.findall(r"^```python\n(.*?)^```", document.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def everything_imported() -> list[Imported]:
    """Return all imports of ours, in documents and in examples."""
    sources = [(path, block) for path in DOCUMENTS for block in blocks(path)]
    sources += [(path, path.read_text("utf-8")) for path in EXAMPLES]
    found = [each for path, source in sources for each in imported(path.relative_to(ROOT).as_posix(), source)]
    return [each for each in found if each.module.partition(".")[0] in {"probe", "fake_gateways"}]


def test_documents_and_examples_import_public_names_only() -> None:
    found = everything_imported()
    assert {each.where for each in found} >= {"docs/pytest.md", "docs/classifiers.md", "tests/typing/classifiers.py"}
    assert [
        each
        for each in found
        if f"{each.module}.{each.name}" not in PUBLIC  # the module itself, as in "from probe import testing"
        and (each.module not in PUBLIC or each.name not in import_module(each.module).__all__)
    ] == []


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_exists(module: str) -> None:
    names = import_module(module).__all__
    assert list(names) == sorted(names)
    assert [name for name in names if not hasattr(import_module(module), name)] == []


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_in_the_table_of_its_page(module: str) -> None:
    page = (ROOT / PAGES[module]).read_text("utf-8")
    rows = {name for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert set(import_module(module).__all__) - rows == set()


@pytest.mark.parametrize("module", PUBLIC)
def test_a_name_that_is_not_public_is_an_error(module: str) -> None:
    with pytest.raises(AttributeError, match="Surprise"):
        import_module(module).Surprise  # noqa: B018 - the look-up is the test


@pytest.mark.parametrize("module", ["probe.classify", "probe.testing"])
def test_importing_a_public_module_loads_none_of_our_other_modules(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(name for name in sys.modules if name.startswith('probe')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=DEADLINE_S)
    assert run.stdout.split() == ["probe", module]


def test_a_process_that_runs_lanes_loads_no_experiments() -> None:
    code = (
        "import sys, probe.lab.lane_runner; print(*(name for name in sys.modules if name.startswith('probe.diagnose')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=DEADLINE_S)
    assert run.stdout.split() == []


def test_the_documented_classifiers_read_a_campaign() -> None:
    namespace: dict[str, type[Context]] = {}
    for source in blocks(ROOT / PAGES["probe.classify"]):
        exec(compile(source, "classifiers.md", "exec"), namespace)
    rows = [
        *(refused(recipient=f"p{number}@one.example", text="User unknown") for number in range(3)),
        refused(recipient="gone@two.example", text="User unknown"),
        attempt(recipient="ann@two.example"),
    ]
    readings = namespace["SameWords"]().classify_campaign(
        {row.recipient: Evidence(row.recipient, (row,)) for row in rows}
    )
    assert [recipient for recipient, reading in readings.items() if reading.suppress] == ["gone@two.example"]
    counting = namespace["SameWordsCounted"]()
    many = [Evidence(row.recipient, (row,)) for row in rows[:1] * 60]
    reader = counting.reader([counting.observe(many), counting.observe(many)])
    assert not reader.classify(many[0]).suppress
    assert reader.classify(Evidence("gone@two.example", (rows[3]._replace(mx="mx.two.example"),))).suppress
