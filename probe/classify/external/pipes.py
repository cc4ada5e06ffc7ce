"""A program behind three pipes, written to and read from at once, so that neither side waits for the other for ever.

It is the head of a process group of its own, which ends with it: no process is left behind but one that leaves the
group. It gets the user's environment and nothing of ours: no file of the run is open in it.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from probe.classify.external.protocol import MAX_ANSWER_OCTETS

Take = Callable[[bytes], None]
"""Hears a line; raises what it will of a line that must not be."""

_PIECE: Final = 64 * 1024
"""Octets written or read at once, which is what a pipe holds."""
_LEFT: Final = 2 * 1024 * 1024
"""Octets that are read of what an ended program left in a pipe: more than a pipe can be made to hold."""
_TICK_S: Final = 0.2
"""How often is looked whether the program still runs: others may hold its output open."""
_GRACE_S: Final = 1.0
"""How long a program has to end when it is told to, or has closed its output."""
_LAST_OCTETS: Final = 4096
_LAST_LINES: Final = 3
_LAST_WIDTH: Final = 200


class ProgramEndedError(Exception):
    """The program ended, or closed its output, before it had said everything."""


class ProgramSilentError(Exception):
    """The program neither took nor said anything for too long."""


class PipedProgram:
    """A program that runs. ``patience_s`` is how long it may do nothing; raises OSError where it cannot be started."""

    def __init__(self, command: Sequence[str], folder: Path, patience_s: float) -> None:
        self._patience_s = patience_s
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 - running it is what the user asks for
            command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, start_new_session=True, bufsize=0
        )
        self._selector = selectors.DefaultSelector()
        self._in = _prepared(self._process.stdin)
        self._out = _prepared(self._process.stdout)
        self._err = _prepared(self._process.stderr)
        self._selector.register(self._out, selectors.EVENT_READ)
        self._selector.register(self._err, selectors.EVENT_READ)
        self._is_writing = False
        self._begun = b""
        self._last = b""

    def converse(self, lines: Iterator[bytes], take: Take, complete: Callable[[], bool]) -> None:
        """Write lines and hear others, until all are written and what is heard is complete.

        Lines are taken as they can be written. Raises ProgramEndedError and ProgramSilentError.
        """
        waiting = bytearray()
        has_more = True
        moved_at = time.monotonic()
        while True:
            while has_more and len(waiting) < _PIECE:
                following = next(lines, None)
                has_more = following is not None
                waiting += following or b""
            if complete() and (self._in.closed or not waiting):
                return
            if self._turn(waiting, take, moved_at + self._patience_s):
                moved_at = time.monotonic()
            elif not complete() and (self._out.closed or self._exit_code() is not None):
                self._hear_the_rest(take)
                if not complete():
                    raise ProgramEndedError

    def finish(self, take: Take) -> None:
        """Let the input end, and hear what else is said until the program has ended; raises ProgramSilentError."""
        self._close(self._in)
        deadline = time.monotonic() + self._patience_s
        while self._exit_code() is None:
            self._turn(bytearray(), take, deadline)
        self._hear_the_rest(take)

    def stop(self) -> int | None:
        """End the program and all that it started; return its exit code, None where it had not ended by itself.

        The code is negative where a signal ended it.
        """
        code = self._ends_within(_GRACE_S if self._out.closed else 0.0)
        if code is None:
            self._signal(signal.SIGTERM)
            self._ends_within(_GRACE_S)
        # Until it is waited for its number is not given away, so this reaches nobody else's processes.
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._listen(_LEFT)
        for pipe in (self._in, self._out, self._err):
            self._close(pipe)
        self._selector.close()
        return code

    @property
    def last_words(self) -> str:
        """What it said on its standard error in the end, on one line."""
        lines = [line.strip() for line in self._last.decode("utf-8", "replace").splitlines()]
        return " / ".join(line[:_LAST_WIDTH] for line in [line for line in lines if line][-_LAST_LINES:])

    def _turn(self, waiting: bytearray, take: Take, deadline: float) -> bool:
        """Write and read what can be at the moment; return whether anything came of it. Raises ProgramSilentError."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise ProgramSilentError
        if self._is_writing != (bool(waiting) and not self._in.closed):
            self._is_writing = not self._is_writing
            if self._is_writing:
                self._selector.register(self._in, selectors.EVENT_WRITE)
            else:
                self._selector.unregister(self._in)
        moved = False
        for key, _ in self._selector.select(min(left, _TICK_S)):
            if key.fileobj is self._in:
                moved |= self._write(waiting)
            elif key.fileobj is self._out:
                moved |= self._hear(_read(self._out), take)
            else:
                self._listen(_PIECE)
        return moved

    def _write(self, waiting: bytearray) -> bool:
        try:
            written = os.write(self._in.fileno(), waiting[:_PIECE])
        except BlockingIOError:
            return False
        except BrokenPipeError:
            self._close(self._in)
            return False
        del waiting[:written]
        return True

    def _hear(self, piece: bytes | None, take: Take) -> bool:
        """Hear a piece of its output, none at its end; return whether a line ended in it."""
        if piece is None:
            return False
        if not piece:
            self._close(self._out)
            piece = b"\n"  # the last line may lack its own
        *lines, self._begun = (self._begun + piece).split(b"\n")
        if len(self._begun) > MAX_ANSWER_OCTETS:
            lines.append(self._begun)
            self._begun = b""
        lines = [line for line in lines if line.strip()]
        for line in lines:
            take(line)
        return bool(lines)

    def _hear_the_rest(self, take: Take) -> None:
        """Hear what an ended program left in the pipe, whoever else holds it open."""
        for _ in range(_LEFT // _PIECE):
            piece = None if self._out.closed else _read(self._out)
            if piece is None:
                break
            self._hear(piece, take)
        if self._begun.strip():
            self._hear(b"\n", take)

    def _listen(self, most: int) -> None:
        """Read its standard error as far as it goes, and keep the end."""
        for _ in range(most // _PIECE):
            piece = None if self._err.closed else _read(self._err)
            if piece is None:
                return
            if not piece:
                self._close(self._err)
            self._last = (self._last + piece)[-_LAST_OCTETS:]

    def _close(self, pipe: IO[bytes]) -> None:
        if pipe.closed:
            return
        with suppress(KeyError):
            self._selector.unregister(pipe)
        if pipe is self._in:
            self._is_writing = False
        with suppress(OSError):
            pipe.close()

    def _ends_within(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while (code := self._exit_code()) is None and time.monotonic() < deadline:
            self._listen(_PIECE)
            time.sleep(_TICK_S / 10)
        return code

    def _exit_code(self) -> int | None:
        """Return the exit code, None while it runs. It is not waited for yet: see ``stop``."""
        try:
            end = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # somebody else has waited for it, or nobody has to
            return self._process.wait()
        if end is None:
            return None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _prepared(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # all three were asked for
        raise AssertionError
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _read(pipe: IO[bytes]) -> bytes | None:
    """Return what can be read at once: no octet at the end, None where nothing is there yet."""
    try:
        return os.read(pipe.fileno(), _PIECE)
    except BlockingIOError:
        return None
