"""SMTP replies: code, enhanced status if any, and lines of text (RFC 5321 section 4.2, RFC 3463, RFC 2034)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

_ENHANCED = re.compile(r"([245])\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})(?=\s|$)")
_REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)

MAX_LINE_OCTETS = 4096
"""RFC 5321 section 4.5.3.1.5 allows 512, and real servers send more. Longer lines are not SMTP."""
MAX_LINES = 128
_MOST_KEPT_OCTETS = 1024
"""Longer runs of replies are not kept for the next time."""


@dataclass(frozen=True, slots=True, order=True)
class EnhancedStatus:
    """An enhanced mail system status code such as 5.1.1 (RFC 3463 section 2)."""

    klass: int
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> EnhancedStatus:
        """Read exactly one status; raises ValueError when the text is anything else."""
        found = _ENHANCED.fullmatch(text)
        if found is None:
            msg = f"{text!r} is not an enhanced status such as 5.1.1"
            raise ValueError(msg)
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"


class _made_once(cached_property[T]):  # noqa: N801 - named as what it derives from
    """A cached property without the lock that Python takes before 3.12, which costs more than most texts."""

    def __get__(self, reply: Any, owner: type[Any] | None = None) -> Any:
        del owner
        made = reply.__dict__[self.attrname] = self.func(reply)
        return made


@dataclass(frozen=True)
class Reply:
    """A server's reply to one command.

    ``lines`` hold the text without code and enhanced status, one entry a wire line, never empty.
    """

    code: int
    lines: tuple[str, ...] = ("",)
    enhanced: EnhancedStatus | None = None

    @property
    def accepts(self) -> bool:
        """Whether the reply is positive, 2yz or 3yz (RFC 5321 section 4.2.1)."""
        return self.code < 400

    @property
    def completes(self) -> bool:
        """Whether the command is complete, 2yz (RFC 5321 section 4.2.1)."""
        return 200 <= self.code < 300

    @property
    def defers(self) -> bool:
        """Whether the reply is a temporary refusal, 4yz (RFC 5321 section 4.2.1)."""
        return 400 <= self.code < 500

    @property
    def refuses(self) -> bool:
        """Whether the reply is a permanent refusal, 5yz (RFC 5321 section 4.2.1)."""
        return self.code >= 500

    @property
    def text(self) -> str:
        """The text lines joined by line feeds."""
        return "\n".join(self.lines) if len(self.lines) > 1 else self.lines[0]

    def __str__(self) -> str:
        status = f"{self.enhanced} " if self.enhanced else ""
        return f"{self.code} {status}{' '.join(self.lines)}"

    @_made_once
    def octets(self) -> bytes:
        """The reply as octets; continuation lines repeat the enhanced status (RFC 2034 section 4)."""
        lines, status = self.lines, f"{self.enhanced} " if self.enhanced else ""
        text = f"{self.code} {status}{lines[-1]}\r\n"
        if len(lines) > 1:
            text = "".join(f"{self.code}-{status}{line}\r\n" for line in lines[:-1]) + text
        return text.encode("utf-8", "surrogateescape")


class WordedLater(Reply):
    """A reply whose text is made when it is first read: most clients look only at the code."""

    def __init__(self, code: int, enhanced: EnhancedStatus | None, word: Callable[[], Reply]) -> None:
        fields = self.__dict__  # a frozen dataclass refuses assignment
        fields["code"] = code
        fields["enhanced"] = enhanced
        fields["_word"] = word

    @_made_once
    def lines(self) -> tuple[str, ...]:
        """The text, as in any reply."""
        word: Callable[[], Reply] = self.__dict__["_word"]
        return word().lines

    def __eq__(self, other: object) -> bool:
        """Compare what is said."""
        return isinstance(other, Reply) and (self.code, self.enhanced, self.lines) == (
            other.code,
            other.enhanced,
            other.lines,
        )

    __hash__ = Reply.__hash__


@dataclass(frozen=True, slots=True)
class Garbled:
    """Octets that are sent instead of a reply; may be empty."""

    octets: bytes = b""

    @property
    def heard(self) -> Reply | None:
        """The reply that a tolerant client reads in it, or None."""
        try:
            return next(iter(ReplyReader().feed(self.octets)), None)
        except GarbageError:
            return None


def from_wire(code: int, lines: Sequence[str]) -> Reply:
    """Build a reply from received lines. The enhanced status is taken out of the text if every line has it."""
    found = _ENHANCED.match(lines[0])
    if found is None or int(found[1]) != code // 100:
        return Reply(code, tuple([line.strip() for line in lines]))
    status = found[0]
    first = lines[0][len(status) :].strip()
    return Reply(code, (first, *[_without(status, line) for line in lines[1:]]), _status(status))


@lru_cache(maxsize=1024)
def _status(text: str) -> EnhancedStatus:
    return EnhancedStatus.parse(text)


def _without(status: str, line: str) -> str:
    found = _ENHANCED.match(line)
    return line.removeprefix(status).strip() if found is not None and found[0] == status else line.strip()


def _text(found: re.Match[bytes]) -> str:
    return (found[3] or b"").decode("utf-8", "backslashreplace")


class GarbageError(Exception):
    """The peer sent something that is not an SMTP reply; ``replies`` are the valid ones before it."""

    replies: Sequence[Reply] = ()


class ReplyReader:
    """Parses received octets into replies, however they are split."""

    def __init__(self) -> None:
        self._buffer = b""
        self._code = 0
        self._lines: list[str] = []

    def feed(self, octets: bytes) -> list[Reply]:
        """Take octets and return the replies they complete; raises GarbageError at the first line that is not one."""
        if not (self._buffer or self._lines) and len(octets) <= _MOST_KEPT_OCTETS:
            replies = _complete(octets)
            if replies is not None:
                return list(replies)
        return self._read(octets)

    def _read(self, octets: bytes) -> list[Reply]:
        *lines, self._buffer = (self._buffer + octets).split(b"\n")
        if len(self._buffer) > MAX_LINE_OCTETS:
            msg = f"a reply line of more than {MAX_LINE_OCTETS} octets"
            raise GarbageError(msg)
        replies: list[Reply] = []
        for line in lines:
            try:
                reply = self._line(line)
            except GarbageError as garbage:
                garbage.replies = replies
                raise
            if reply is not None:
                replies.append(reply)
        return replies

    def read_whole(self, octets: bytes) -> tuple[Reply, ...] | None:
        """Return the replies that octets are from beginning to end, None if they are anything else."""
        try:
            replies = self._read(octets)
        except GarbageError:
            return None
        return None if self._buffer or self._lines else tuple(replies)

    def _line(self, line: bytes) -> Reply | None:
        found = _REPLY_LINE.fullmatch(line.rstrip(b"\r"))
        if found is None or len(line) > MAX_LINE_OCTETS or len(self._lines) >= MAX_LINES:
            msg = f"{line[:60]!r} where a reply line was due"
            raise GarbageError(msg)
        code = int(found[1])
        if self._lines and code != self._code:
            msg = f"a reply that began with {self._code} goes on with {code}"
            raise GarbageError(msg)
        self._code = code
        self._lines.append(_text(found))
        if found[2] == b"-":
            return None
        lines, self._lines = self._lines, []
        return from_wire(code, lines)


@lru_cache(maxsize=4096)
def _complete(octets: bytes) -> tuple[Reply, ...] | None:
    """Return the replies that octets are, None if they are incomplete or wrong: a server often says the same."""
    return ReplyReader().read_whole(octets)
