"""A headless Chromium for tests: of the system, driven by Playwright, and skipped visibly where either is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from deadline import DEADLINE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES: Final = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, and end it afterwards."""
    if PROGRAM is None:
        pytest.skip("chromium is not installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=SWITCHES, timeout=DEADLINE_S * 1000)
        yield browser
        browser.close()
