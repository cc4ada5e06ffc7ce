"""Gives one input to a target, and watches over the exception, the time and the memory."""

from __future__ import annotations

import resource
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from simulation import cpu_time
from simulation.fuzzing.target import Target

LONGEST_S: Final = 1.0
"""Seconds of CPU time that an input may take; what other processes do does not count."""
MOST_MEMORY: Final = 100 * 1024 * 1024
"""Octets that an input may take."""
_PAGE: Final = resource.getpagesize()
_WATCHING: Final = {__file__, cpu_time.__file__}


class Fault(NamedTuple):
    """What an input did: ``kind`` is the same for all inputs of which one is kept."""

    kind: str
    what: str
    detail: str = ""


def tried(target: Target, data: bytes, lines: Callable[[int], None] = lambda _: None) -> Fault | None:
    """Return what an input does that it must not, None if it does nothing of the kind.

    ``lines`` gets how many lines of it were tried.
    """
    began = time.process_time()
    try:
        with cpu_time.at_most(LONGEST_S), _memory_limit():
            lines(target.run(data) or 0)
    except target.allowed:
        pass
    except cpu_time.IsOverError as error:
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
def _memory_limit() -> Iterator[None]:
    """Limit the memory of this process, from what it has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_data() + MOST_MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data() -> int:
    """Return the octets of data that this process has (proc(5))."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * _PAGE


def _place(error: BaseException) -> str:
    """Return the innermost function of ours in which it happened."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename not in _WATCHING]
    ours = [each for each in frames if "site-packages" not in each.filename and "/lib/python" not in each.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.name}"


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-12))
