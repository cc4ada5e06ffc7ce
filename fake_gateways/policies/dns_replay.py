"""Run a library that makes DNS lookups without a network: call it again until every answer it needs is cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from fake_gateways.verdict import Answer, Question

T = TypeVar("T")
Lookup = Callable[[str, str], Answer]
"""Takes a name and a record type, and returns the answer."""


class Answers(Protocol):
    """The answers that were fetched so far, as a session has them."""

    def answer(self, query: Question) -> Answer | None:
        """Return the answer to a question, None if it was not asked yet."""
        ...


class _UnansweredError(BaseException):
    """An answer is not known yet. Not an Exception, so that no library treats it as a DNS failure."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


def replay_with_dns(view: Answers, work: Callable[[Lookup], T]) -> T | Question:
    """Call ``work``; return its result, or the question that must be answered first.

    The caller fetches the answer and calls again. With n different questions, the work is started n + 1 times.
    """

    def lookup(name: str, kind: str) -> Answer:
        question = Question(name.rstrip(".").lower(), kind)
        answer = view.answer(question)
        if answer is None:
            raise _UnansweredError(question)
        return answer

    try:
        return work(lookup)
    except _UnansweredError as needed:
        return needed.question


def text_of(record: str) -> str:
    """Return the text of a TXT record: its quoted strings, joined (RFC 7208 section 3.3)."""
    return "".join(part.replace('\\"', '"').replace("\\\\", "\\") for part in _strings(record))


def _strings(record: str) -> list[str]:
    if not record.startswith('"'):
        return [record]
    parts, current, is_inside, is_escaped = [], "", False, False
    for each in record:
        if is_escaped or (each == "\\" and is_inside):
            current += each
            is_escaped = not is_escaped
        elif each == '"':
            if is_inside:
                parts.append(current)
            current, is_inside = "", not is_inside
        elif is_inside:
            current += each
    return parts
