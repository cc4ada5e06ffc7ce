"""Gives one input to a target, and watches over the exception, the time and the memory."""

from __future__ import annotations

import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from simulation.fuzzing.target import Target

LONGEST_S: Final = 1.0
"""Seconds of CPU time that an input may take; what other processes do does not count."""
MOST_MEMORY: Final = 100 * 1024 * 1024
"""Octets that an input may take."""
_PAGE: Final = resource.getpagesize()


class Fault(NamedTuple):
    """What an input did: ``kind`` is the same for all inputs of which one is kept."""

    kind: str
    what: str
    detail: str = ""


class _HangError(BaseException):
    """The time is over; no code takes this exception for one of its own."""


def tried(target: Target, data: bytes, lines: Callable[[int], None] = lambda _: None) -> Fault | None:
    """Return what an input does that it must not, None if it does nothing of the kind.

    ``lines`` gets how many lines of it were tried.
    """
    began = time.process_time()
    try:
        with _limits():
            lines(target.run(data) or 0)
    except target.allowed:
        pass
    except _HangError as error:
        return Fault("hang", f"takes more than {LONGEST_S:g} s at {_place(error)}", _trace(error))
    except MemoryError as error:
        return Fault("memory", f"takes more than {MOST_MEMORY:,} octets at {_place(error)}", _trace(error))
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        kind = f"{type(error).__name__} at {_place(error)}"
        return Fault(kind, f"raises {kind}: {str(error)[:200]}", _trace(error))
    if time.process_time() - began > LONGEST_S:  # in a library that does not look for signals
        return Fault("hang", f"takes more than {LONGEST_S:g} s")
    return None


@contextmanager
def _limits() -> Iterator[None]:
    """Limit the time and the memory of this process, from what it has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    handler = signal.signal(signal.SIGPROF, _over)
    resource.setrlimit(resource.RLIMIT_DATA, (_data() + MOST_MEMORY, hard))
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        signal.signal(signal.SIGPROF, handler)


def _over(*_: Any) -> None:
    raise _HangError


def _data() -> int:
    """Return the octets of data that this process has (proc(5))."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * _PAGE


def _place(error: BaseException) -> str:
    """Return the innermost function of ours in which it happened."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename != __file__]
    ours = [each for each in frames if "site-packages" not in each.filename and "/lib/python" not in each.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.name}"


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-12))
