"""The pytest plugin: fixtures, options, and scenario files as tests.

pytest loads this file in every project that has fivefifty installed, so it imports the other modules on first use. It
is not in ``probe`` because a project may have a file of that name: its tests must work, and import their own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Unpack

import pytest

from fivefifty.own_package import hidden_by, sentence

if TYPE_CHECKING:
    from probe.judge.scorecard import Scorecard
    from probe.testing.gateway import GatewayFixture, GatewaySettings, MakeGateway
    from probe.testing.lab import LabFixture, RunDefaults, ScenarioRun

_IS_CALLED = pytest.StashKey[bool]()
_HAS_PASSED = pytest.StashKey[bool]()
_SCENARIOS = pytest.StashKey[frozenset[Path]]()

MARKERS = (
    "fivefifty(persona, scenario, name, host='127.0.0.1', lmtp=False, thread=False): settings of the gateway fixture",
    "scenario(path, transport=None, seed=None, classifiers=None): the scenario of the scorecard fixture",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options and the configuration value."""
    group = parser.getgroup("fivefifty", "fivefifty: scenarios as tests")
    group.addoption(
        "--fivefifty", action="store_true", help="Collect the scenario files (TOML) in the given files and folders."
    )
    group.addoption(
        "--fivefifty-transport",
        choices=("memory", "tcp"),
        default="memory",
        help="Run scenarios without sockets (memory, the default) or over TCP.",
    )
    group.addoption(
        "--fivefifty-seed", type=int, metavar="SEED", help="Run scenarios with this seed instead of their own."
    )
    group.addoption(
        "--fivefifty-classifier",
        action="append",
        metavar="NAME",
        help="A classifier that reads the bounces; repeat for several (default: all baselines).",
    )
    group.addoption(
        "--fivefifty-allow-programs",
        action="store_true",
        help="Let scenario files run programs and Python code as classifiers.",
    )
    parser.addini(
        "fivefifty_scenarios",
        type="args",
        help="Scenario files to collect as tests: patterns, relative to the root folder.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and find the scenario files that the project's configuration names."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    patterns = config.getini("fivefifty_scenarios")
    try:
        config.stash[_SCENARIOS] = frozenset(path for pattern in patterns for path in config.rootpath.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        raise pytest.UsageError(
            f"fivefifty_scenarios: {error}; write patterns relative to {config.rootpath}, such as scenarios/*.toml"
        ) from None


def pytest_report_header() -> str | None:
    """Say it if a file of the project hides the package that the fixtures need."""
    hiding = hidden_by()
    return None if hiding is None else f"fivefifty: {sentence(hiding)} (-p no:fivefifty)"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a scenario file, if an option or the configuration asks for it."""
    if file_path.suffix != ".toml":
        return None
    config = parent.config
    if file_path not in config.stash[_SCENARIOS]:
        if not config.getoption("fivefifty"):
            return None
        _require_our_package()
        from probe.scenario.shipped_files import looks_like_a_scenario

        if not (parent.session.isinitpath(file_path) or looks_like_a_scenario(file_path)):
            return None
    _require_our_package()
    from probe.testing.collect import ScenarioFile

    file: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    file.settings = _settings(config)
    return file


def _settings(config: pytest.Config) -> RunDefaults:
    from probe.testing.lab import RunDefaults

    classifiers = config.getoption("fivefifty_classifier")
    return RunDefaults(
        config.getoption("fivefifty_transport"),
        config.getoption("fivefifty_seed"),
        None if classifiers is None else tuple(classifiers),
        config.getoption("fivefifty_allow_programs"),
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note that the test function does not run yet: an event loop that runs now may belong to a fixture only."""
    item.stash[_IS_CALLED] = False
    item.stash[_HAS_PASSED] = False


@pytest.hookimpl(hookwrapper=True, tryfirst=True)  # the older kind of wrapper, which pytest 7 knows, too
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Note that the test function runs now: an event loop that runs now belongs to the test. Then, that it passed."""
    item.stash[_IS_CALLED] = True
    outcome = yield
    item.stash[_HAS_PASSED] = outcome.excinfo is None


@pytest.fixture(scope="session")
def _fivefifty_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of certificates by which clients trust the gateways."""
    _require_our_package()
    from probe.testing.tls_file import write_bundle

    return write_bundle(tmp_path_factory.mktemp("fivefifty"))


@pytest.fixture
def make_gateway(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _fivefifty_ca: Path
) -> Iterator[MakeGateway]:
    """Create mail gateways that are closed at the end of the test: ``make_gateway(persona="mimecast")``."""
    from probe.testing.gateway import GatewayFixture

    # A synchronous test blocks a loop that runs beside it (a browser driver's, say), so only a coroutine may share it.
    is_coroutine = iscoroutinefunction(getattr(request.node, "function", None))

    def may_join() -> bool:
        return is_coroutine and request.node.stash[_IS_CALLED]

    from probe.testing.tls_file import trusting

    for name, value in trusting(_fivefifty_ca).items():
        monkeypatch.setenv(name, value)

    def finish(made: GatewayFixture) -> None:
        made.close()
        made.check()
        if request.node.stash[_HAS_PASSED]:  # else the rules are not what the reader looks for
            try:
                made.assert_rules_applied()
            except AssertionError as missed:
                # A traceback would show nothing of the test.
                raise pytest.fail.Exception(str(missed), pytrace=False) from None

    with ExitStack() as stack:

        def make(persona: str | Path | None = None, **settings: Unpack[GatewaySettings]) -> GatewayFixture:
            __tracebackhide__ = True
            root = request.config.rootpath
            made = GatewayFixture(persona, root=root, may_join=may_join, ca_file=_fivefifty_ca, **settings)
            stack.callback(finish, made)
            return made

        yield make


@pytest.fixture
def gateway(request: pytest.FixtureRequest, make_gateway: MakeGateway) -> GatewayFixture:
    """A mail gateway on a free port that accepts all mail except what a test refuses: see docs/pytest.md."""
    from probe.input_error import InputError

    _, settings = _marked(request, "fivefifty", (), ("persona", "scenario", "name", "host", "lmtp", "thread"))
    if hasattr(request, "param"):
        settings["persona"] = request.param
    try:
        return make_gateway(**settings)
    except InputError as error:
        _fail(str(error))


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LabFixture:
    """Run whole scenarios: ``lab.run("scenarios/control.toml").scorecard``."""
    _require_our_package()
    from probe.testing.lab import LabFixture

    return LabFixture(request.config.rootpath, lambda: tmp_path_factory.mktemp("lab"), _settings(request.config))


@pytest.fixture(scope="session")
def _fivefifty_runs() -> dict[str, ScenarioRun]:
    """The runs of the scorecard fixture, so that each scenario runs once."""
    return {}


@pytest.fixture
def scorecard(request: pytest.FixtureRequest, lab: LabFixture, _fivefifty_runs: dict[str, ScenarioRun]) -> Scorecard:
    """The scorecard of the scenario named by ``@pytest.mark.scenario``, or by indirect parametrisation."""
    from probe.input_error import InputError

    named, settings = _marked(request, "scenario", ("a path",), ("transport", "seed", "classifiers"))
    if hasattr(request, "param"):
        named = (request.param,)
    if not named:
        _fail('scorecard: the test names no scenario; mark it with @pytest.mark.scenario("scenarios/x.toml")')
    key = repr((named, sorted(settings.items())))
    try:
        run = _fivefifty_runs[key] = _fivefifty_runs.get(key) or lab.run(*named, **settings)
    except InputError as error:
        _fail(str(error))
    return run.scorecard


def _marked(
    request: pytest.FixtureRequest, name: str, first: tuple[str, ...], known: tuple[str, ...]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of the closest marker of a name; fail if it has arguments that it does not take."""
    marker = request.node.get_closest_marker(name)
    if marker is None:
        return (), {}
    more = [*map(repr, marker.args[len(first) :]), *(key for key in marker.kwargs if key not in known)]
    if more:
        _fail(f"@pytest.mark.{name}: does not take {', '.join(more)}; use {', '.join((*first, *known))}")
    return marker.args, dict(marker.kwargs)


def _require_our_package() -> None:
    """Fail if a file of the project hides it."""
    hiding = hidden_by()
    if hiding is not None:
        pytest.fail(f"fivefifty: {sentence(hiding)}", pytrace=False)


def _fail(text: str) -> NoReturn:
    """Fail with a sentence and without a traceback."""
    from probe.harmless import harmless

    raise pytest.fail.Exception(harmless(text), pytrace=False) from None
