"""Runs of pytest within a test, of a folder that the test wrote."""

from __future__ import annotations

from typing import Final

import pytest

import probe.testing.collect
import probe.testing.gateway
import probe.testing.lab  # noqa: F401 - imported once for all the runs within this process

ALONE: Final = ("-p", "no:asyncio", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
"""Without the plugins that have no part in it: hypothesis alone takes three seconds to load anew."""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run within this process, with every warning an error."""
    return pytester.runpytest_inprocess("-W", "error", *ALONE, *arguments)


def run_apart(pytester: pytest.Pytester, *arguments: str, asyncio: bool = False) -> pytest.RunResult:
    """Run in a process of its own, with every warning an error, and with pytest-asyncio if that is wanted."""
    return pytester.runpytest_subprocess("-W", "error", *ALONE[2 if asyncio else 0 :], *arguments, timeout=120)
