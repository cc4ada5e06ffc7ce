"""Lets libraries that ask the DNS in the middle of their work run where nothing may ask: they begin again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fake_gateways.policies.session_view import SessionView
from fake_gateways.verdict import Answer, Question

T = TypeVar("T")
Lookup = Callable[[str, str], Answer]
"""Takes a name and a kind of record."""


class _UnansweredError(BaseException):
    """An answer is not there yet. No Exception, lest a library take it for a failure of the DNS."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


def replay_with_dns(view: SessionView, work: Callable[[Lookup], T]) -> T | Question:
    """Do a piece of work that looks names up; return what it comes to, or the question it cannot go on without.

    Every answer that a case remembers is there at once when the work begins anew, so the work is done as many times as
    it has different questions, and once more.
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
    """Return a TXT record's text, its quoted strings joined (RFC 7208 section 3.3)."""
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
