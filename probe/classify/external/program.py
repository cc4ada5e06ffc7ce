"""A program in any language as a classifier: it reads JSON Lines on standard input and answers on standard output.

The program starts with the first campaign. For each campaign it gets one line per recipient, then a line that
ends the campaign (protocol.py). It may answer in any order, at the latest after that line. Then the next campaign
follows. After the last one its input is closed, and it must exit.
"""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from probe.classify.evidence import Evidence
from probe.classify.external import protocol
from probe.classify.external.pending import PendingAnswers
from probe.classify.external.pipes import PipedProgram, ProgramEndedError, ProgramSilentError
from probe.classify.reading import ClassifierError, Reading

RESTARTS: Final = 2
"""How often per campaign a program that exited is started again and asked about the recipients without an answer."""


class Program:
    """A program as a classifier; use it with ``with``. It may neither read nor write for ``patience_s`` at most.

    It runs in ``folder``. Raises ClassifierError, which names the recipients without an answer.
    """

    def __init__(self, name: str, command: Sequence[str], folder: Path, patience_s: float) -> None:
        self._name = name
        self._command = command
        self._folder = folder
        self._patience_s = patience_s
        self._process: PipedProgram | None = None
        self._pending: PendingAnswers | None = None

    def __enter__(self) -> Self:
        """Let the program start when it is needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the program finish; after an error, end it at once."""
        try:
            if self._process is not None and self._pending is not None and kind is None:
                self._finish(self._process, self._pending)
        finally:
            self._stop()

    def classify_stream(self, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Reading]]:
        """Ask about all recipients of a campaign, and yield the answers as they come.

        A program that exited is started again only if the evidence can be read again.
        """
        pending = self._pending = PendingAnswers(self._name, evidence)
        restarts = RESTARTS if pending.can_ask_again else 0
        while not pending.complete:
            process = self._process or self._start()
            try:
                for _ in process.converse(_lines(pending), pending.accept, lambda: pending.complete):
                    yield from pending.taken()
            except ProgramSilentError:
                raise self._silent(f"with no answer yet for {pending.missing()}") from None
            except ProgramEndedError:
                code, words = self._stop(), process.last_errors
                if not restarts:
                    raise self._ended(code, words, f"with no answer yet for {pending.missing()}") from None
                restarts -= 1
            yield from pending.taken()

    def _start(self) -> PipedProgram:
        try:
            self._process = PipedProgram(self._command, self._folder, self._patience_s)
        except OSError as error:
            problem = f"cannot be started ({shlex.join(self._command)}: {error.strerror})"
            raise ClassifierError(f"classifier {self._name} {problem}") from None
        return self._process

    def _finish(self, process: PipedProgram, pending: PendingAnswers) -> None:
        try:
            process.finish(pending.accept)
        except ProgramSilentError:
            raise self._silent("after the end of its input, and did not exit") from None
        code = self._stop()
        if code:
            raise self._ended(code, process.last_errors, "after its last answer")

    def _stop(self) -> int | None:
        process, self._process = self._process, None
        return None if process is None else process.stop()

    def _silent(self, when: str) -> ClassifierError:
        remedy = "if it buffers its answers, flush them at the end of each campaign"
        return ClassifierError(f"classifier {self._name} did nothing for {self._patience_s:g} s {when}; {remedy}")

    def _ended(self, code: int | None, words: str, when: str) -> ClassifierError:
        if code is None:
            how = "closed its output"
        elif code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
        else:
            how = f"exited with code {code}"
        last = f"; last lines on standard error: {words}" if words else ""
        return ClassifierError(f"classifier {self._name} {how} {when}{last}")


def _lines(pending: PendingAnswers) -> Iterator[bytes]:
    yield from map(protocol.line, pending.requests())
    if pending.campaign:
        yield protocol.end(pending.campaign)
