"""Loading the plugin: by its entry point, in every project, without importing anything else of ours."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest
from inner_pytest import ALONE, run, run_apart

OURS: Final = {"probe", "fake_gateways", "fivefifty"}


def test_the_entry_point_has_our_name_alone() -> None:
    found = [each for each in metadata.entry_points(group="pytest11") if each.value.partition(".")[0] in OURS]
    assert [(each.name, each.value) for each in found] == [("fivefifty", "fivefifty.pytest_plugin")]


def test_it_imports_nothing_but_pytest_until_it_is_used() -> None:
    shows = (
        "import pytest, sys; before = set(sys.modules); import fivefifty.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", shows], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["fivefifty", "fivefifty.own_package", "fivefifty.pytest_plugin"]


def test_a_project_that_does_not_use_it_loads_nothing_of_ours(pytester: pytest.Pytester) -> None:
    (pytester.path / "scenario.toml").write_text("[[gateway]]\n", "utf-8")
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            assert not {"probe", "fake_gateways"} & set(sys.modules)
            assert not {"pydantic", "sqlite3", "re2", "aiosmtpd", "rich"} & set(sys.modules)
        """
    )
    run_apart(pytester).assert_outcomes(passed=1)


def test_it_can_be_turned_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(gateway):\n    pass\n")
    done = run(pytester, "-p", "no:fivefifty")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["E       fixture 'gateway' not found"])
    assert run(pytester, "-p", "no:fivefifty", "--fivefifty").ret == pytest.ExitCode.USAGE_ERROR


def test_a_projects_own_fixtures_come_before_ours(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def gateway():
            return "payment"

        @pytest.fixture
        def lab():
            return "chemistry"
        """
    )
    pytester.makepyfile("def test_it(gateway, lab):\n    assert (gateway, lab) == ('payment', 'chemistry')\n")
    run(pytester, "--strict-markers").assert_outcomes(passed=1)


def test_it_says_what_it_offers(pytester: pytest.Pytester) -> None:
    for option, lines in {
        "--help": ["fivefifty: scenarios as tests:", "  --fivefifty *", "  --fivefifty-transport=*",
                   "  --fivefifty-seed=SEED", "  --fivefifty-classifier=NAME", "  --fivefifty-allow-programs",
                   "  fivefifty_scenarios (args):"],
        "--markers": ["@pytest.mark.fivefifty(persona, *thread=False): *",
                      "@pytest.mark.scenario(path, *): *"],
        "--fixtures": ["make_gateway -- *", "    Create mail gateways *", "gateway -- *", "    A mail gateway *",
                       "lab -- *", "    Run whole scenarios: *", "scorecard -- *", "    The scorecard of *"],
    }.items():  # fmt: skip
        pytester.runpytest_inprocess(*ALONE, option).stdout.fnmatch_lines(lines)


USES: Final = """
import probe

def test_own():
    assert probe.VALUE == 7
"""


@pytest.mark.parametrize("file", ["probe.py", "probe/__init__.py"])
@pytest.mark.parametrize("command", [("python", "-m", "pytest"), ("pytest",)])
def test_a_project_may_have_a_file_or_folder_with_the_name_of_our_package(
    file: str,
    command: tuple[str, ...],
    pytester: pytest.Pytester,
) -> None:
    path = pytester.path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("VALUE = 7\n", "utf-8")
    (pytester.path / "scenario.toml").write_text("[[gateway]]\n", "utf-8")
    pytester.makepyfile(test_own=USES, test_ours="def test_gateway(gateway): pass\ndef test_lab(lab): pass\n")
    program = str(Path(sys.executable).with_name(command[0]))
    done = pytester.run(program, *command[1:], "-W", "error", *ALONE, "--rootdir=.")
    done.assert_outcomes(passed=1, errors=2)
    hiding = f"fivefifty: {path.parent if path.name == '__init__.py' else path}: hides the package of fivefifty"
    assert sum(hiding in line for line in done.outlines) >= (2 if command[0] == "pytest" else 3)
    assert "Traceback" not in done.stdout.str()
    done = pytester.run(program, *command[1:], "-W", "error", *ALONE, "--fivefifty", "scenario.toml", "test_own.py")
    assert any(hiding in line for line in done.outlines + done.errlines)


def test_a_module_that_is_only_in_memory_hides_it_too(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys, types\nsys.modules['probe'] = types.ModuleType('probe')\n")
    pytester.makepyfile("def test_own(): pass\ndef test_gateway(gateway): pass\n")
    done = run_apart(pytester)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["fivefifty: a module probe that has no file: hides the package of fivefifty *"])


def test_the_command_says_so_too(pytester: pytest.Pytester) -> None:
    (pytester.path / "probe.py").write_text("VALUE = 7\n", "utf-8")
    done = pytester.run(sys.executable, "-m", "fivefifty", "--help")
    assert (done.ret, done.outlines) == (1, [])
    (line,) = done.errlines
    assert line.startswith(f"fivefifty: {pytester.path / 'probe.py'}: hides the package of fivefifty")


def test_a_folder_that_is_no_package_hides_nothing(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("probe") / "readings.csv").write_text("1,2\n", "utf-8")
    pytester.makepyfile("def test_gateway(gateway): pass\n")
    run_apart(pytester).assert_outcomes(passed=1)
