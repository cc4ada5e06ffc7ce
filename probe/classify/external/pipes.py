"""A program behind three pipes. Writing and reading take turns, so that the two sides cannot block each other.

The program leads its own process group, which is ended with it, so no process remains unless it left the group. It gets
the user's environment, and inherits no open file of the run.
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

LineHandler = Callable[[bytes], None]
"""Receives one line of output; may raise any error for an invalid line."""

_PIECE: Final = 64 * 1024
"""Octets written or read at once: the capacity of a pipe."""
_LEFT: Final = 2 * 1024 * 1024
"""Octets that are read at most from the pipe of an ended program: more than the largest possible pipe holds."""
_TICK_S: Final = 0.2
"""How often to check whether the program still runs: another process may hold its output open."""
_GRACE_S: Final = 1.0
"""How long a program may take to exit after SIGTERM, or after it closed its output."""
_LAST_OCTETS: Final = 4096
_LAST_LINES: Final = 3
_LAST_WIDTH: Final = 200


class ProgramEndedError(Exception):
    """The program exited, or closed its output, before its last answer."""


class ProgramSilentError(Exception):
    """The program neither read nor wrote anything for too long."""


class PipedProgram:
    """A running program. It may do nothing for ``patience_s`` at most. Raises OSError if it cannot be started."""

    def __init__(self, command: Sequence[str], folder: Path, patience_s: float) -> None:
        self._patience_s = patience_s
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 - the user asks to run it
            command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, start_new_session=True, bufsize=0
        )
        self._selector = selectors.DefaultSelector()
        self._in = _prepared(self._process.stdin)
        self._out = _prepared(self._process.stdout)
        self._err = _prepared(self._process.stderr)
        self._selector.register(self._out, selectors.EVENT_READ)
        self._selector.register(self._err, selectors.EVENT_READ)
        self._is_writing = False
        self._unfinished = b""
        self._errors = b""

    def converse(self, lines: Iterator[bytes], handle: LineHandler, complete: Callable[[], bool]) -> Iterator[None]:
        """Write lines and handle the output, until all lines are written and the output is complete.

        Yields after each step. The next line is taken when it can be written. The time that lines and the caller take
        is not the program's. Raises ProgramEndedError and ProgramSilentError.
        """
        waiting = bytearray()
        has_more = True
        silent_s = 0.0
        while True:
            while has_more and len(waiting) < _PIECE:
                following = next(lines, None)
                has_more = following is not None
                waiting += following or b""
            if complete() and (self._in.closed or not waiting):
                return
            began = time.monotonic()
            if self._turn(waiting, handle, began + self._patience_s - silent_s):
                silent_s = 0.0
            elif not complete() and (self._out.closed or self._exit_code() is not None):
                self._handle_rest(handle)
                if not complete():
                    raise ProgramEndedError
            else:
                silent_s += time.monotonic() - began
            yield

    def finish(self, handle: LineHandler) -> None:
        """Close the input and handle the output until the program has exited; raises ProgramSilentError."""
        self._close(self._in)
        deadline = time.monotonic() + self._patience_s
        while self._exit_code() is None:
            self._turn(bytearray(), handle, deadline)
        self._handle_rest(handle)

    def stop(self) -> int | None:
        """End the program and all processes it started; return its exit code, None if it had not exited by itself.

        The code is negative if a signal killed it.
        """
        code = self._ends_within(_GRACE_S if self._out.closed else 0.0)
        if code is None:
            self._signal(signal.SIGTERM)
            self._ends_within(_GRACE_S)
        # The process ID is not reused before the wait below, so the signal cannot reach an unrelated process.
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._read_errors(_LEFT)
        for pipe in (self._in, self._out, self._err):
            self._close(pipe)
        self._selector.close()
        return code

    @property
    def last_errors(self) -> str:
        """The last lines of its standard error, joined on one line."""
        lines = [line.strip() for line in self._errors.decode("utf-8", "replace").splitlines()]
        return " / ".join(line[:_LAST_WIDTH] for line in [line for line in lines if line][-_LAST_LINES:])

    def _turn(self, waiting: bytearray, handle: LineHandler, deadline: float) -> bool:
        """Write and read as much as possible now; return whether anything moved. Raises ProgramSilentError."""
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
                moved |= self._handle_piece(_read(self._out), handle)
            else:
                self._read_errors(_PIECE)
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

    def _handle_piece(self, piece: bytes | None, handle: LineHandler) -> bool:
        """Handle a piece of output, empty at its end; return whether it completed a line."""
        if piece is None:
            return False
        if not piece:
            self._close(self._out)
            piece = b"\n"  # the last line may have no line feed
        *lines, self._unfinished = (self._unfinished + piece).split(b"\n")
        if len(self._unfinished) > MAX_ANSWER_OCTETS:
            lines.append(self._unfinished)
            self._unfinished = b""
        lines = [line for line in lines if line.strip()]
        for line in lines:
            handle(line)
        return bool(lines)

    def _handle_rest(self, handle: LineHandler) -> None:
        """Handle what an ended program left in the pipe, even if another process holds the pipe open."""
        for _ in range(_LEFT // _PIECE):
            piece = None if self._out.closed else _read(self._out)
            if piece is None:
                break
            self._handle_piece(piece, handle)
        if self._unfinished.strip():
            self._handle_piece(b"\n", handle)

    def _read_errors(self, most: int) -> None:
        """Read the available standard error and keep its end."""
        for _ in range(most // _PIECE):
            piece = None if self._err.closed else _read(self._err)
            if piece is None:
                return
            if not piece:
                self._close(self._err)
            self._errors = (self._errors + piece)[-_LAST_OCTETS:]

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
            self._read_errors(_PIECE)
            time.sleep(_TICK_S / 10)
        return code

    def _exit_code(self) -> int | None:
        """Return the exit code, None while it runs. This does not reap the process: see ``stop``."""
        try:
            end = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # already reaped
            return self._process.wait()
        if end is None:
            return None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _prepared(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # all three pipes were requested
        raise AssertionError
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _read(pipe: IO[bytes]) -> bytes | None:
    """Return what can be read now: empty at the end, None if nothing is available yet."""
    try:
        return os.read(pipe.fileno(), _PIECE)
    except BlockingIOError:
        return None
