"""The architecture as tables, checked on the source: floors, edges, and the doors of libraries.

Imports flow down the floors, never up, and never in a circle. A *pure* file decides and an *edge* file acts: a pure
file imports no edge, and has no socket, clock, file or source of randomness of its own.

ARCHITECTURE.md shows the floors and the tree. Run this file to write both into it (``make docs`` does).
"""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest
from architecture_page import drawing, listing
from source_tree import (
    PACKAGES,
    ROOT,
    SOURCES,
    TESTS,
    has_functions,
    imported_files,
    imports,
    mirror_of,
    tree_of,
    uses,
)

FLOORS: Final = (
    "fivefifty",
    "probe/cli",
    "probe/testing",
    "probe/report",
    "probe/studies",
    "probe/starter_kit",
    "probe/lab",
    "probe/listed",
    "probe/placement",
    "probe/diagnose",
    "probe/sender",
    "probe/judge",
    "probe/classify",
    "probe/intake",
    "probe/ledger",
    "probe/returned_mail",
    "probe/scenario",
    "probe/records",
    "probe",
    "fake_gateways/server",
    "fake_gateways/session",
    "fake_gateways/decider",
    "fake_gateways/gateway",
    "fake_gateways/persona_lint",
    "fake_gateways/persona",
    "fake_gateways/personas",
    "fake_gateways/reports",
    "fake_gateways/policies",
    "fake_gateways/people",
    "fake_gateways/dns",
    "fake_gateways/scanners",
    "fake_gateways/needs",
    "fake_gateways/verdict",
    "fake_gateways/wording",
    "fake_gateways/smtp",
    "fake_gateways/untrusted",
    "fake_gateways",
    "fake_gateways/truth",
)
"""From top to bottom. A floor imports from its own folder and from the floors below it.

The name of a package alone stands for the files at its root that no other line names.
"""

PAGE: Final = ROOT / "ARCHITECTURE.md"
MOST_LINES_OF_THE_PAGE: Final = 120

MOST_LOOSE: Final = {"fivefifty": 3, "probe": 6, "fake_gateways": 16}
"""Modules at the root of a package, at most."""

EDGE_FOLDERS: Final = {
    "fivefifty": "starts the command; fixtures and options of pytest",
    "fake_gateways/scanners": "asks rspamd and spamd",
    "probe/classify/external": "runs programs, asks HTTP endpoints, imports the user's objects",
    "probe/cli": "reads arguments, prints, exits",
    "probe/lab": "runs a scenario: processes, event loop, sockets, files",
    "probe/ledger": "the database",
    "probe/report/plots": "writes charts",
    "probe/report/terminal": "prints",
    "probe/starter_kit": "writes files",
    "probe/studies/fit": "runs scenarios in processes, learns, writes weights",
}
"""Folders in which every file may do input and output."""

EDGE_NAMES: Final = ("*server.py", "open_*.py", "*file.py", "*files.py", "load.py", "run.py", "*_run.py")
"""File names that announce input and output, in whatever folder."""

EDGE_FILES: Final = {
    "fake_gateways/certificate.py": "makes a certificate",
    "fake_gateways/dns/resolver.py": "asks a nameserver",
    "fake_gateways/reports/bouncer.py": "sends delivery reports",
    "probe/classify/__init__.py": "imports public names on first use",
    "probe/classify/registry.py": "looks for files and programs",
    "probe/intake/to_scenario/write_scenario.py": "writes scenarios",
    "probe/judge/books.py": "reads and writes the books",
    "probe/judge/result.py": "writes the scorecard",
    "probe/report/explain.py": "reads the books",
    "probe/report/recipient_story.py": "reads the books",
    "probe/sender/transport/tcp.py": "speaks SMTP over sockets",
    "probe/studies/sensitivity/measure.py": "runs scenarios in processes",
    "probe/testing/__init__.py": "imports public names on first use",
    "probe/testing/collect.py": "reads and runs scenario files",
    "probe/testing/gateway.py": "opens a socket",
    "probe/testing/lab.py": "runs scenarios, reads the books",
    "probe/testing/listener.py": "answers at a socket",
}
"""Edges in folders that are pure otherwise."""


def is_edge(file: str) -> bool:
    """Whether a file may do input and output."""
    return (
        file in EDGE_FILES
        or any(file.startswith(f"{folder}/") for folder in EDGE_FOLDERS)
        or any(fnmatch(Path(file).name, pattern) for pattern in EDGE_NAMES)
    )


EDGES: Final = {file for file in SOURCES if is_edge(file)}
PURE: Final = sorted(set(SOURCES) - EDGES)

DOORS: Final = {
    ("fake_gateways/clock.py", "asyncio"): {"WallClock"},
    ("fake_gateways/clock.py", "time"): {"WallClock"},
    ("fake_gateways/untrusted/bounded_read.py", "io"): {"open_bounded", "open_table"},
    ("fake_gateways/untrusted/bounded_read.py", "os"): {"open_bounded", "read_bounded", "_flaw"},
    ("fake_gateways/untrusted/bounded_read.py", "pathlib"): {"open_bounded", "open_table", "read_bounded"},
    ("fake_gateways/persona.py", "importlib"): {"_plain_words"},
    ("fake_gateways/personas/__init__.py", "importlib"): {"names", "text_of"},
    ("fake_gateways/persona.py", "pathlib"): {"load"},
    ("fake_gateways/policies/as_logged.py", "pathlib"): {"AsLoggedSettings", "read_log"},
    ("fake_gateways/policies/dmarc.py", "importlib"): {"_public_suffixes"},
    ("fake_gateways/policies/message_parts.py", "io"): {"_archive"},
    ("fake_gateways/policies/url_blocklist.py", "urllib"): {"_hosts"},
    ("probe/classify/by_text.py", "importlib"): {"ByText"},
    ("probe/classify/taxonomy.py", "importlib"): {"_systems"},
    ("probe/classify/context/vendor.py", "importlib"): {"vendors"},
    ("probe/classify/context/weights.py", "importlib"): {"shipped"},
    ("probe/diagnose/patterns.py", "importlib"): {"shipped"},
    ("probe/listed/lists.py", "importlib"): {"shipped"},
    ("probe/intake/reading/addresses.py", "urllib"): {"addresses"},
    ("probe/intake/reading/nested_json.py", "urllib"): {"inside"},
    ("probe/intake/to_scenario/ordinary_words.py", "importlib"): {"_lists", "_wordings"},
    ("probe/sender/recipients.py", "pathlib"): {"read_list", "_listed"},
    ("probe/sender/template.py", "pathlib"): {"read"},
    ("probe/sender/dkim.py", "pathlib"): {"signer"},
    ("probe/report/html/template.py", "importlib"): {"piece"},
    ("probe/report/letter_words.py", "importlib"): {"letter_words"},
    ("probe/scenario/companies.py", "pathlib"): {"_mailboxes_in", "staff"},
    ("probe/scenario/model.py", "pathlib"): {"_resolved"},
}
"""Where a pure file reaches out after all: the module it imports, and the only definitions that may use it."""

OUTSIDE: Final = {
    "asyncio", "concurrent", "ctypes", "fileinput", "glob", "http", "importlib", "io", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "secrets", "select", "selectors", "shutil", "signal", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "aiosmtpd", "aiosmtplib", "dns", "httpx", "imapclient", "keyring", "pytest", "rich", "trustme", "typer", "uvloop",
}  # fmt: skip
"""Modules through which time, files and the network come in. For ``random`` see the test of seeded streams."""

ONLY_IN: Final = {
    "aiosmtpd": {"fake_gateways/server.py", "probe/returned_mail/mailbox_server.py"},
    "aiosmtplib": {"probe/sender/transport/tcp.py", "fake_gateways/reports/bouncer.py"},
    "dns": {
        "fake_gateways/dns/resolver.py",
        "fake_gateways/dns/nameserver.py",
        "probe/listed/open_resolver.py",
        "probe/studies/diagnose/verifier_run.py",  # py3-validate-email asks through it
    },
    "sqlite3": {"probe/ledger/database.py"},
    "typer": {file for file in SOURCES if file.startswith("probe/cli/")},
    "altair": {f"probe/report/plots/{name}.py" for name in ("frontier", "sensitivity", "sweep")},
    "vl_convert": {"probe/report/plots/chart_file.py"},
    "pytest": {"fivefifty/pytest_plugin.py", "probe/testing/collect.py"},
    "jinja2": {"probe/report/html/template.py"},
    "tomlkit": {"probe/intake/to_scenario/write_scenario.py"},
    "re2": {
        "fake_gateways/policies/content.py",
        "fake_gateways/untrusted/expression.py",
        "probe/classify/rules/expressions/parts.py",
        "probe/classify/rules/search.py",
        "probe/testing/patterns.py",
    },
    "flufl": {"probe/returned_mail/report.py"},
    "imapclient": {"probe/placement/open_mailbox.py"},
    "keyring": {"probe/placement/open_mailbox.py"},
    "tenacity": {"probe/listed/open_resolver.py", "probe/sender/retry.py"},
    "uvloop": {"probe/lab/event_loop.py"},
    "sklearn": {"probe/studies/fit/fitting.py"},
    "scipy": {"probe/studies/fit/fitting.py"},
    "numpy": {"probe/studies/fit/fitting.py", "probe/studies/fit/fit.py"},
}
"""Libraries that one place alone knows, so that they can be replaced there."""

NOW: Final = {"now", "utcnow", "today"}
ACTS: Final = {"open", "print", "input", "exec", "eval"}


def rank_of(file: str) -> int:
    """Return the number of a file's floor, from the top."""
    bare = file.removesuffix("/__init__.py").removesuffix(".py")
    return max(
        (len(floor), rank)
        for rank, floor in enumerate(FLOORS)
        if bare == floor or bare.startswith(f"{floor}/")
    )[1]  # fmt: skip


def test_the_tables_name_what_exists() -> None:
    named = {*EDGE_FILES, *(file for file, _ in DOORS), *(file for files in ONLY_IN.values() for file in files)}
    assert named - set(SOURCES) == set()
    assert [folder for folder in EDGE_FOLDERS if not (ROOT / folder).is_dir()] == []
    assert [floor for floor in FLOORS if not ((ROOT / floor).is_dir() or (ROOT / f"{floor}.py").is_file())] == []


def test_every_folder_has_a_floor_of_its_own() -> None:
    folders = {"/".join(file.split("/")[:2]) for file in SOURCES if file.count("/") > 1} - {
        "fake_gateways/personas"  # data only
    }
    assert folders - set(FLOORS) == set()


def test_no_edge_is_listed_twice_or_has_a_door() -> None:
    listed = [file for file in EDGE_FILES if any(file.startswith(f"{folder}/") for folder in EDGE_FOLDERS)]
    named = [file for file in EDGE_FILES if any(fnmatch(Path(file).name, pattern) for pattern in EDGE_NAMES)]
    assert (listed, named, [file for file, _ in DOORS if file in EDGES]) == ([], [], [])


def test_imports_flow_down_the_floors() -> None:
    assert [
        f"{file}:{line} imports {target}, which is above it"
        for file in SOURCES
        for target, line in imported_files(file)
        if rank_of(target) < rank_of(file)
    ] == []


def test_no_import_leads_back_to_where_it_began() -> None:
    # Imports for type checking count: a circle of types is a circle for whoever reads.
    reached: dict[str, set[str]] = {}

    def below(file: str) -> set[str]:
        if file not in reached:
            reached[file] = set()
            for target, _ in imported_files(file):
                reached[file] |= {target} | below(target)
        return reached[file]

    order = sorted(SOURCES, key=rank_of, reverse=True)
    assert [file for file in order if file in below(file)] == []


def test_a_pure_file_imports_no_edge() -> None:
    found = [(file, target, line) for file in PURE for target, line in imported_files(file) if target in EDGES]
    assert found == []


def test_a_pure_file_reaches_outside_through_its_doors_alone() -> None:
    assert [
        (file, module, line)
        for file in PURE
        for module, _, line in imports(file)
        if (root := module.partition(".")[0]) in OUTSIDE and (file, root) not in DOORS
    ] == []


def test_a_door_is_used_only_where_the_table_says() -> None:
    used = {
        (file, module): {use.within for use in uses(file) if use.module.partition(".")[0] == module}
        for file, module in DOORS
    }
    assert used == DOORS


def test_a_pure_file_does_not_look_at_the_clock() -> None:
    assert [
        (file, ast.unparse(node), node.lineno)
        for file in PURE
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute)
        and node.attr in NOW
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ] == []


def test_a_pure_file_opens_and_prints_nothing() -> None:
    assert [
        (file, node.func.id, node.lineno)
        for file in PURE
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ACTS
    ] == []


def test_randomness_comes_from_a_stream_with_a_seed() -> None:
    # random.choice() and the like draw from one stream for all, which no seed of a scenario reaches.
    streams = [
        (file, node)
        for file in SOURCES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random"
    ]
    assert [(file, node.attr, node.lineno) for file, node in streams if node.attr != "Random"] == []
    assert [(file, line) for file in SOURCES for module, _, line in imports(file) if module.startswith("random.")] == []
    assert [
        (file, node.lineno)
        for file in SOURCES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "random.Random" and not node.args
    ] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_has_one_door(library: str) -> None:
    found = {file for file in SOURCES for module, _, _ in imports(file) if module.partition(".")[0] == library}
    assert found
    assert found <= ONLY_IN[library]


def test_the_roots_of_the_packages_hold_few_modules() -> None:
    loose = {package: [file for file in SOURCES if Path(file).parent.as_posix() == package] for package in PACKAGES}
    count = {package: len(set(files) - {f"{package}/__init__.py"}) for package, files in loose.items()}
    assert {package: number for package, number in count.items() if number > MOST_LOOSE[package]} == {}


def test_a_pure_file_has_its_unit_tests_where_it_is_mirrored() -> None:
    assert [file for file in PURE if has_functions(file) and mirror_of(file) not in TESTS] == []


def test_a_unit_test_mirrors_a_source_file() -> None:
    mirrors = {mirror_of(file) for file in SOURCES}
    assert [file for file in TESTS if file.startswith("tests/unit/") and file not in mirrors] == []


def page_with(text: str) -> str:
    """Return ARCHITECTURE.md with the floors and the tree as they are now."""
    for name, shown in (("floors", drawing(FLOORS)), ("tree", listing())):
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        text = f"{before}{mark}```text\n{shown}\n```\n{rest[rest.index('<!-- end -->') :]}"
    return text


def test_the_page_shows_the_floors_and_the_tree() -> None:
    text = PAGE.read_text("utf-8")
    assert page_with(text) == text, "run: make docs"


def test_the_page_is_short_and_names_the_edges() -> None:
    text = PAGE.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES_OF_THE_PAGE
    assert [folder for folder in EDGE_FOLDERS if f"`{folder}`" not in text] == []
    assert [
        pattern for pattern in ("*server.py", "open_*.py", "*file.py", "load.py", "run.py") if pattern not in text
    ] == []


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text("utf-8")), "utf-8")
