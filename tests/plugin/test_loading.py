"""Loading the plugin: by its entry point, in every project, without importing anything else of ours."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest
from inner_pytest import ALONE, run, run_apart


def test_the_entry_point_has_our_name_alone() -> None:
    found = [each for each in metadata.entry_points(group="pytest11") if each.value.startswith("probe")]
    assert [(each.name, each.value) for each in found] == [("fivefifty", "probe.testing.plugin")]


def test_it_imports_nothing_but_pytest_until_it_is_used() -> None:
    shows = (
        "import pytest, sys; before = set(sys.modules); import probe.testing.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", shows], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["probe", "probe.testing", "probe.testing.plugin"]


def test_a_project_that_does_not_use_it_loads_nothing_of_ours(pytester: pytest.Pytester) -> None:
    (pytester.path / "scenario.toml").write_text("[[gateway]]\n", "utf-8")
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            ours = [name for name in sys.modules if name.partition(".")[0] in {"probe", "fake_gateways"}]
            assert ours == ["probe", "probe.testing", "probe.testing.plugin"]
            assert not {"pydantic", "sqlalchemy", "re2", "aiosmtpd", "rich"} & set(sys.modules)
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
                   "  --fivefifty-seed=SEED", "  --fivefifty-classifier=NAME", "  fivefifty_scenarios (args):"],
        "--markers": ["@pytest.mark.fivefifty(persona='postfix', thread=False): *",
                      "@pytest.mark.scenario(path, *): *"],
        "--fixtures": ["make_gateway -- *", "    Create mail gateways *", "gateway -- *", "    A mail gateway *",
                       "lab -- *", "    Run whole scenarios: *", "scorecard -- *", "    The scorecard of *"],
    }.items():  # fmt: skip
        pytester.runpytest_inprocess(*ALONE, option).stdout.fnmatch_lines(lines)
