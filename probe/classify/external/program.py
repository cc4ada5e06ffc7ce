"""Lets a program of any language read: JSON Lines go to its standard input and come from its standard output.

It is started when the classifier is opened. Of each campaign it gets a line for every recipient and then one that says
that this was all (exchange.py); it answers as it goes or at that line, in any order. Then the next campaign follows. In
the end its input ends, and so must it.
"""

from __future__ import annotations

import shlex
import signal
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from probe.classify.evidence import Evidence
from probe.classify.external.pending import PendingAnswers
from probe.classify.external.pipes import PipedProgram, ProgramEndedError, ProgramSilentError
from probe.classify.external.protocol import end, line
from probe.classify.reading import ClassifierError, Reading

RESTARTS: Final = 2
"""How often in a campaign a program that died is started anew, and asked again for those it has not answered."""


class Program:
    """A program as a classifier; start it with ``with``. ``patience_s`` is how long it may neither take nor say a word.

    It runs in ``folder``. Raises ClassifierError, naming those it failed.
    """

    def __init__(self, name: str, command: Sequence[str], folder: Path, patience_s: float) -> None:
        self._name = name
        self._command = command
        self._folder = folder
        self._patience_s = patience_s
        self._piped: PipedProgram | None = None
        self._awaited: PendingAnswers | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it come to its end; with an error, end it at once."""
        try:
            if self._piped is not None and kind is None:
                self._finish(self._piped)
        finally:
            self._stop()

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Mapping[str, Reading]:
        """Ask about everybody in a campaign."""
        awaited = self._awaited = PendingAnswers(self._name, campaign)
        deaths = 0
        while not awaited.complete:
            piped = self._piped or self._start()
            told = chain(map(line, awaited.requests()), [end(awaited.campaign)])
            try:
                piped.converse(told, awaited.take, lambda: awaited.complete)
            except ProgramSilentError:
                raise self._silent(f"while it owed an answer for {awaited.missing()}") from None
            except ProgramEndedError:
                code, words = self._stop(), piped.last_words
                deaths += 1
                if deaths > RESTARTS:
                    raise self._ended(code, words, f"while it owed an answer for {awaited.missing()}") from None
        return awaited.readings

    def _start(self) -> PipedProgram:
        try:
            self._piped = PipedProgram(self._command, self._folder, self._patience_s)
        except OSError as error:
            problem = f"cannot be started ({shlex.join(self._command)}: {error.strerror})"
            raise ClassifierError(f"classifier {self._name} {problem}") from None
        return self._piped

    def _finish(self, piped: PipedProgram) -> None:
        try:
            piped.finish(self._heard_too_late if self._awaited is None else self._awaited.take)
        except ProgramSilentError:
            raise self._silent("when its input had ended, and did not end") from None
        code = self._stop()
        if code:
            raise self._ended(code, piped.last_words, "when it had answered for everybody")

    def _stop(self) -> int | None:
        piped, self._piped = self._piped, None
        return None if piped is None else piped.stop()

    def _heard_too_late(self, said: bytes) -> None:
        raise ClassifierError(f"classifier {self._name} said {said[:80]!r}, and nobody had asked")

    def _silent(self, when: str) -> ClassifierError:
        remedy = "if its answers stay in a buffer, let it flush its output at each campaign's end"
        return ClassifierError(f"classifier {self._name} did nothing for {self._patience_s:g} s {when}; {remedy}")

    def _ended(self, code: int | None, words: str, when: str) -> ClassifierError:
        if code is None:
            how = "closed its output"
        elif code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit code {code}"
        last = f"; its last words: {words}" if words else ""
        return ClassifierError(f"classifier {self._name} {how} {when}{last}")
