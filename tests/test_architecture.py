"""Who may import what, how long a file may be, and what must be said of itself: the rules, checked on the source.

One rule of direction: ``probe`` imports ``fake_gateways``, never the other way round. Within each, a *pure* file
decides and an *edge* file acts: a pure file imports no edge, and has no socket, clock, file or chance of its own.
The tables below are the whole of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("fake_gateways", "probe")
MOST_LINES: Final = 400

COMMANDS: Final = {f"probe/cli/{path.name}" for path in (ROOT / "probe" / "cli").glob("*.py")}

EDGES: Final = {
    **dict.fromkeys(COMMANDS, "arguments and exit codes"),
    "fake_gateways/server.py": "carries sessions over sockets",
    "fake_gateways/dns/resolver.py": "asks a nameserver",
    "fake_gateways/dns/nameserver.py": "answers over UDP and TCP",
    "fake_gateways/scanners/__init__.py": "connects to content filters",
    "fake_gateways/scanners/rspamd.py": "asks rspamd over HTTP",
    "fake_gateways/scanners/spamassassin.py": "asks spamd over a socket",
    "fake_gateways/reports/bouncer.py": "sends delivery reports over sockets",
    "fake_gateways/certificate.py": "makes a certificate for the run",
    "probe/sender/transport/tcp.py": "speaks SMTP over sockets",
    "probe/classify/registry.py": "looks for files and programs",
    "probe/classify/external/python_object.py": "imports what the user names",
    "probe/classify/external/pipes.py": "runs a program",
    "probe/classify/external/program.py": "starts and ends a program",
    "probe/classify/external/http_endpoint.py": "asks over HTTP",
    "probe/ledger/__init__.py": "keeps the books in a database",
    "probe/lab/run.py": "puts a run together: processes, loops, folders",
    "probe/lab/lane_runner.py": "puts a lane together: sockets, loop",
    "probe/lab/event_loop.py": "chooses the event loop",
    "probe/lab/processes.py": "runs jobs in processes",
    "probe/starter_kit/write.py": "writes a starting set",
    "probe/studies/in_memory_run.py": "runs a scenario in a folder of its own",
    "probe/studies/evaluate.py": "runs scenarios in processes",
    "probe/studies/sensitivity/measure.py": "runs scenarios in processes",
    "probe/report/explain.py": "reads the books",
    "probe/report/terminal/evaluate.py": "prints",
    "probe/studies/fit/cases.py": "runs scenarios",
    "probe/studies/fit/fitting.py": "learns, by libraries that are an extra",
    "probe/studies/fit/fit.py": "runs scenarios in processes, writes files",
    "probe/lab/serve.py": "listens until somebody stops it",
    "probe/lab/connections.py": "connects a lane: sockets, loop",
    "probe/returned_mail/mailbox_server.py": "takes mail over sockets",
    "probe/classify/rules/files.py": "reads rule files",
    "probe/scenario/load.py": "reads scenario files",
    "probe/lab/prepare.py": "reads lists and messages",
    "probe/report/terminal/live_progress.py": "draws while a run goes on",
    "probe/report/recipient_story.py": "reads the books",
    "probe/report/html/page_file.py": "reads the books, writes the page",
    "probe/report/terminal/table.py": "prints",
    "probe/report/terminal/run.py": "prints",
    "probe/report/terminal/personas.py": "prints",
    "probe/report/terminal/suppression.py": "prints",
    "probe/report/terminal/sweep.py": "prints, and draws while runs are made",
    "probe/report/plots/chart_file.py": "writes charts",
    "probe/report/plots/sweep.py": "says above a chart what the terminal says",
    "probe/studies/sweep/run.py": "runs a grid in processes and folders of their own",
    "probe/intake/open_log.py": "opens logs, makes keys",
    "probe/intake/reading/files.py": "reads logs and mailboxes",
    "probe/intake/to_scenario/write_scenario.py": "writes scenarios",
    "probe/judge/judge.py": "reads and writes the books",
    "probe/judge/baseline_file.py": "reads and writes files",
    "probe/report/terminal/compare.py": "prints",
    "probe/testing/plugin.py": "fixtures and options",
    "probe/testing/collect.py": "reads scenario files, runs them in folders",
    "probe/testing/gateway.py": "opens a socket",
    "probe/testing/lab.py": "reads scenario files, runs them, reads the books",
    "probe/testing/listener.py": "answers at a socket: loop, thread",
}
"""Every file that does input or output. A file that is not named here is pure."""

DOORS: Final = {
    ("fake_gateways/clock.py", "asyncio"): {"WallClock"},
    ("fake_gateways/clock.py", "time"): {"WallClock"},
    ("fake_gateways/persona.py", "importlib"): {"names", "load", "_plain_words"},
    ("fake_gateways/persona.py", "pathlib"): {"load"},
    ("fake_gateways/policies/as_logged.py", "pathlib"): {"AsLoggedSettings", "read_log"},
    ("fake_gateways/policies/dmarc.py", "importlib"): {"_public_suffixes"},
    ("fake_gateways/policies/message_parts.py", "io"): {"_archive"},
    ("fake_gateways/policies/url_blocklist.py", "urllib"): {"_hosts"},
    ("probe/classify/by_text.py", "importlib"): {"ByText"},
    ("probe/classify/taxonomy.py", "importlib"): {"_systems"},
    ("probe/classify/context/vendor.py", "importlib"): {"vendors"},
    ("probe/studies/fit/held_out.py", "importlib"): {"_kept"},
    ("probe/classify/context/weights.py", "importlib"): {"shipped"},
    ("probe/sender/recipients.py", "pathlib"): {"read_list", "_listed"},
    ("probe/sender/template.py", "pathlib"): {"read"},
    ("probe/sender/dkim.py", "pathlib"): {"signer"},
    ("probe/report/html/page.py", "importlib"): {"_piece"},
    ("probe/scenario/companies.py", "pathlib"): {"_mailboxes_in", "staff"},
    ("probe/scenario/model.py", "pathlib"): {"_resolved"},
}
"""Where a pure file reaches out after all: what it imports for it, and in which definitions alone it may use it."""

OUTSIDE: Final = {
    "asyncio", "concurrent", "ctypes", "fileinput", "glob", "http", "importlib", "io", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "secrets", "select", "selectors", "shutil", "signal", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "aiosmtpd", "aiosmtplib", "dns", "httpx", "pytest", "rich", "sqlalchemy", "trustme", "typer", "uvloop",
}  # fmt: skip
"""Modules through which time, chance, files and the network come in. Not so ``random``, of which see below."""

ONLY_IN: Final = {
    "aiosmtpd": {"fake_gateways/server.py", "probe/returned_mail/mailbox_server.py"},
    "aiosmtplib": {"probe/sender/transport/tcp.py", "fake_gateways/reports/bouncer.py"},
    "dns": {"fake_gateways/dns/resolver.py", "fake_gateways/dns/nameserver.py"},
    "sqlalchemy": {"probe/ledger/__init__.py", "probe/ledger/schema.py"},
    "typer": COMMANDS,
    "altair": {"probe/report/plots/sensitivity.py", "probe/report/plots/sweep.py"},
    "vl_convert": {"probe/report/plots/chart_file.py"},
    "pytest": {"probe/testing/plugin.py", "probe/testing/collect.py"},
    "jinja2": {"probe/report/html/page.py"},
    "drain3": {"probe/intake/to_scenario/templates.py"},
    "tomlkit": {"probe/intake/to_scenario/write_scenario.py"},
    "re2": {
        "fake_gateways/policies/content.py",
        "probe/classify/rules/expressions/__init__.py",
        "probe/classify/rules/expressions/parts.py",
        "probe/classify/rules/search.py",
        "probe/testing/patterns.py",
    },
    "flufl": {"probe/returned_mail/__init__.py"},
    "tenacity": {"probe/sender/retry.py"},
    "uvloop": {"probe/lab/event_loop.py"},
    "sklearn": {"probe/studies/fit/fitting.py"},
    "scipy": {"probe/studies/fit/fitting.py"},
    "numpy": {"probe/studies/fit/fitting.py", "probe/studies/fit/fit.py"},
}
"""Libraries that one place alone knows of, so that they can be replaced there."""

DESCRIBES_TABLES: Final = {("probe/ledger/schema.py", "sqlalchemy")}
"""Naming columns is no input or output: the schema imports the library and opens nothing."""

NOW: Final = {"now", "utcnow", "today"}
SAY_NOTHING: Final = {"utils", "util", "helpers", "helper", "common", "misc", "models", "base"}


class Use(NamedTuple):
    """Something imported, as a file uses it: the module, the name it goes by, the definition it stands in."""

    module: str
    name: str
    within: str
    line: int


def name_of(path: Path) -> str:
    """Return a file's path as the tables write it."""
    return path.relative_to(ROOT).as_posix()


SOURCES: Final = {
    name_of(path): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.parent.name != "starting_set"  # holds what is copied into repositories of others
}
PURE: Final = sorted(set(SOURCES) - set(EDGES))
TESTS: Final = {name_of(path): path for path in sorted((ROOT / "tests").rglob("*.py"))}

every_file = pytest.mark.parametrize("file", SOURCES)
every_pure_file = pytest.mark.parametrize("file", PURE)


@cache
def tree_of(file: str) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(SOURCES[file].read_text("utf-8"), file)


def imports(file: str) -> Iterator[tuple[str, str, int]]:
    """Yield every module a file imports, wherever in it, with the name it goes by there."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or alias.name.partition(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", alias.asname or alias.name, node.lineno


def uses(file: str) -> Iterator[Use]:
    """Yield every place where a file uses what it imports."""
    known = {name: module for module, name, _ in imports(file)}
    for top in tree_of(file).body:
        within = getattr(top, "name", "")
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id in known:
                yield Use(known[node.id], node.id, within, node.lineno)


def file_of(module: str) -> str | None:
    """Return the file of one of our modules, given its name or that of something in it."""
    for dotted in (module, module.rpartition(".")[0]):
        for file in (f"{dotted.replace('.', '/')}.py", f"{dotted.replace('.', '/')}/__init__.py"):
            if file in SOURCES:
                return file
    return None


def test_the_tables_name_files_that_exist() -> None:
    named = {*EDGES, *(file for file, _ in DOORS), *(file for files in ONLY_IN.values() for file in files)}
    assert named <= set(SOURCES)


def test_no_file_is_both_an_edge_and_pure_with_a_door() -> None:
    assert not set(EDGES) & {file for file, _ in DOORS}


@pytest.mark.parametrize("file", [file for file in SOURCES if file.startswith("fake_gateways/")])
def test_fake_gateways_imports_nothing_of_probe(file: str) -> None:
    assert [module for module, _, _ in imports(file) if module.partition(".")[0] == "probe"] == []


@every_pure_file
def test_a_pure_file_imports_no_edge(file: str) -> None:
    assert [(module, line) for module, _, line in imports(file) if file_of(module) in EDGES] == []


@every_pure_file
def test_a_pure_file_reaches_outside_through_its_doors_alone(file: str) -> None:
    outside = [
        (module, line)
        for module, _, line in imports(file)
        if (root := module.partition(".")[0]) in OUTSIDE
        and (file, root) not in DOORS
        and (file, root) not in DESCRIBES_TABLES
    ]
    assert outside == []


@pytest.mark.parametrize(("file", "module"), DOORS)
def test_a_door_is_used_where_the_table_says_and_nowhere_else(file: str, module: str) -> None:
    within = {use.within for use in uses(file) if use.module.partition(".")[0] == module}
    assert within == DOORS[file, module]


@every_file
def test_chance_comes_from_a_seeded_stream_of_ones_own(file: str) -> None:
    # random.choice() and its like draw from one stream for all, which no seed of a scenario reaches.
    drawn = [
        (node.attr, node.lineno)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random"
    ]
    assert [(name, line) for name, line in drawn if name != "Random"] == []
    assert [module for module, _, _ in imports(file) if module.startswith("random.")] == []


@every_file
def test_a_seeded_stream_is_given_its_seed(file: str) -> None:
    made = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute) and node.func.attr == "Random"]  # fmt: skip
    assert all(node.args for node in made)


@every_pure_file
def test_a_pure_file_does_not_look_at_the_clock(file: str) -> None:
    looked = [
        (ast.unparse(node), node.lineno)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute)
        and node.attr in NOW
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert looked == []


@every_pure_file
def test_a_pure_file_opens_and_prints_nothing(file: str) -> None:
    called = [
        (node.func.id, node.lineno)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert [(name, line) for name, line in called if name in {"open", "print", "input", "exec", "eval"}] == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_in_its_place_alone(library: str) -> None:
    found = {file for file in SOURCES for module, _, _ in imports(file) if module.partition(".")[0] == library}
    assert found
    assert found <= ONLY_IN[library]


@pytest.mark.parametrize("file", [*SOURCES, *TESTS])
def test_a_file_is_short_enough_to_be_read(file: str) -> None:
    assert len((ROOT / file).read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("file", [*SOURCES, *TESTS])
def test_a_files_name_says_what_it_holds(file: str) -> None:
    parts = Path(file).with_suffix("").parts
    assert not SAY_NOTHING & {word for part in parts for word in (part, *part.split("_"))}


def undocumented(node: ast.Module | ast.ClassDef, name: str) -> Iterator[str]:
    """Yield what is public in a module or class, itself included, and has no docstring."""
    if not ast.get_docstring(node):
        yield name
    for below in node.body:
        if not isinstance(below, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or below.name.startswith("_"):
            continue
        if isinstance(below, ast.ClassDef):
            yield from undocumented(below, f"{name}.{below.name}")
        elif not ast.get_docstring(below):
            yield f"{name}.{below.name}"


@every_file
def test_what_is_public_says_what_it_is(file: str) -> None:
    assert list(undocumented(tree_of(file), file)) == []


@pytest.mark.parametrize("file", TESTS)
def test_a_test_file_says_what_it_is_about(file: str) -> None:
    assert ast.get_docstring(ast.parse(TESTS[file].read_text("utf-8")))
