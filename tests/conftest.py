"""What holds for the whole suite."""

from __future__ import annotations

import gc
import signal

import hypothesis

hypothesis.settings.register_profile("fivefifty", deadline=None)
hypothesis.settings.load_profile("fivefifty")


def pytest_configure() -> None:
    """Let interrupts through to what tests start: shells have what they start in the background ignore them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the eleven thousand tests that have been collected, which stay to the end.

    Some tests collect garbage to see what is left of them, and every run of pytest within a test does at its end: each
    time it would look at all of these again, a quarter of a second of a processor.
    """
    gc.collect()
    gc.freeze()
