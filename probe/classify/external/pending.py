"""Checks the answers of another process: exactly one for each recipient, and none for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.external.protocol import MAX_ANSWER_OCTETS, Answer, request
from probe.classify.reading import Advice, ClassifierError, Reading, first_few
from probe.harmless import SHOWN
from probe.input_error import InputError

_REMEMBERED: Final = 10_000
"""The number of last answers whose recipients are remembered, to recognise a second answer."""


class PendingAnswers:
    """The requests and answers of one campaign. Of a recipient without an answer, only the name is kept.

    ``campaign`` is its name, empty before the first request. ``evidence`` is read once more for each further call of
    ``requests``, in the same order.
    """

    def __init__(self, name: str, evidence: Iterable[Evidence]) -> None:
        self.name = name
        self.campaign = ""
        self.can_ask_again = iter(evidence) is not evidence
        self._evidence = evidence
        self._is_everybody_asked = False
        self._asked_so_far = 0
        self._asked: dict[str, None] = {}
        self._owed: dict[str, None] = {}
        self._answered: dict[str, None] = {}
        self._answers: list[tuple[str, Reading]] = []

    @property
    def complete(self) -> bool:
        """Whether there is an answer for every recipient."""
        return self._is_everybody_asked and self.all_answered

    @property
    def all_answered(self) -> bool:
        """Whether there is an answer for every recipient that was asked about."""
        return not self._asked and not self._owed

    def requests(self) -> Iterator[dict[str, Any]]:
        """Yield a request for each recipient without an answer; the recipient counts as asked from then on."""
        self._owed |= self._asked
        self._asked.clear()
        for number, evidence in enumerate(self._evidence):
            recipient = evidence.recipient
            if number >= self._asked_so_far:
                self._asked_so_far += 1
            elif recipient in self._owed:
                del self._owed[recipient]
            else:
                continue
            self._asked[recipient] = None
            self.campaign = evidence.last.campaign
            yield request(evidence)
        self._is_everybody_asked = True

    def taken(self) -> list[tuple[str, Reading]]:
        """Return the recipients that were answered for since the last call, with their readings."""
        answers, self._answers = self._answers, []
        return answers

    def missing(self) -> str:
        """Return the recipients without an answer, for an error message; the ones already asked about come first."""
        owed = self._asked | self._owed
        return first_few(owed) if owed else "those that were not asked about yet"

    def accept(self, line: bytes) -> None:
        """Add an answer, a JSON object; raises ClassifierError if it is not valid."""
        if len(line) > MAX_ANSWER_OCTETS:
            raise self.wrong(line, f"it is longer than {MAX_ANSWER_OCTETS:,} octets")
        try:
            answer = Answer.model_validate_json(line, strict=True)
        except ValidationError as error:
            raise self.wrong(line, _first(error)) from None
        if answer.campaign != self.campaign:
            raise self.wrong(line, f"campaign must be {self.campaign}")
        if answer.recipient in self._answered:
            raise ClassifierError(f"classifier {self.name} answered twice for {_plain(answer.recipient)}")
        if answer.recipient not in self._asked:
            raise ClassifierError(
                f"classifier {self.name} answered for a recipient that was not asked about: {_plain(answer.recipient)}"
            )
        self._answers.append((answer.recipient, self._reading(answer)))
        del self._asked[answer.recipient]
        self._answered[answer.recipient] = None
        if len(self._answered) > _REMEMBERED:
            del self._answered[next(iter(self._answered))]

    def wrong(self, line: bytes, problem: str) -> ClassifierError:
        """Return an error about an answer that is not valid."""
        shown = line[: 4 * SHOWN].decode("utf-8", "replace")
        shown = f"{shown[:SHOWN]}..." if len(shown) > SHOWN else shown
        still = f"; no answer yet for {self.missing()}" if not self.all_answered else ""
        return ClassifierError(f"classifier {self.name} answered {shown!r}, which is not valid: {problem}{still}")

    def _reading(self, answer: Answer) -> Reading:
        cause = answer.cause if answer.class_ is None else self._translated(answer.system or "", answer.class_)
        reading = Reading(cause, answer.reason, answer.alive, answer.advice)
        if answer.confidence is None:
            return reading
        alive = 1.0 - answer.confidence if reading.advice is Advice.SUPPRESS else answer.confidence
        return Reading(cause, answer.reason, alive, answer.advice)

    def _translated(self, system: str, class_: str) -> Cause | None:
        # The table of other systems' classes is large, and most classifiers do not need it.
        from probe.classify import taxonomy  # noqa: PLC0415

        try:
            cause: Cause | None = taxonomy.cause_of(system, class_)
        except (InputError, ValueError, LookupError) as error:
            raise ClassifierError(f"classifier {self.name} answered with an unknown class: {error}") from None
        return cause


def _first(error: ValidationError) -> str:
    """Return the first problem of an answer."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in found["loc"])
    message = found["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _plain(text: str) -> str:
    """Return a foreign text, shortened and without control characters, for an error message of one line."""
    return "".join(each if each.isprintable() else "?" for each in text[:SHOWN])
