"""Mutates inputs: octets, words, numbers, lines and blocks, now and then to a length that shows what is not linear."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

_NUMBER: Final = re.compile(rb"\d{1,20}")
_EDGES: Final = (
    b"0", b"-1", b"1", b"9", b"255", b"256", b"999", b"65536", b"2147483648", b"99999999999999999999", b"1e999",
    b"0x10", b"1e-320", b"NaN", b"4" * 5000,
)  # fmt: skip
_OCTETS: Final = (
    b"\0", b"\r", b"\n", b"\r\n", b"\t", b" ", b'"', b"'", b"\\", b"<", b">", b"(", b")", b"[", b"]", b"{", b"}", b":",
    b";", b",", b"=", b"@", b".", b"%", b"=?utf-8?B?YWJjZ?=", b"=?x?q?=FF?=", b"\xff", b"\xc3", b"\xe2\x80\xae",
    b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xc2\x85", b"\xef\xbb\xbf", b"\x1b[2J", b"xn--", b"null", b"true", b"[]",
    b"{}", b'""', b"\\ud800", b"\\u0000", b"##[error]",
)  # fmt: skip


class Mutator:
    """Makes inputs from those of a corpus; the same random numbers make the same inputs."""

    def __init__(self, corpus: Sequence[bytes], words: Sequence[bytes], longest: int, rng: random.Random) -> None:
        self._corpus = list(corpus) or [b""]
        self._words = [*words, *_OCTETS]
        self._longest = longest
        self._rng = rng
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            self._flip, self._cut, self._word, self._word, self._number, self._repeat, self._line, self._splice,
            self._move, self._noise,
        )  # fmt: skip

    def next(self) -> bytes:
        """Return another input."""
        data = self._rng.choice(self._corpus)
        for _ in range(min(1 + int(self._rng.expovariate(0.5)), 20)):
            data = self._rng.choice(self._ways)(data)[: self._longest]
        return data

    def _place(self, data: bytes) -> int:
        return self._rng.randrange(len(data) + 1)

    def _block(self, data: bytes) -> tuple[int, int]:
        start = self._place(data)
        return start, min(len(data), start + 1 + int(self._rng.expovariate(0.05)))

    def _flip(self, data: bytes) -> bytes:
        start = self._place(data)
        return data[:start] + bytes([self._rng.randrange(256)]) + data[start + 1 :]

    def _cut(self, data: bytes) -> bytes:
        start, end = self._block(data)
        return data[:start] + data[end:]

    def _word(self, data: bytes) -> bytes:
        start, end = self._block(data)
        return data[:start] + self._rng.choice(self._words) + data[self._rng.choice((start, end)) :]

    def _number(self, data: bytes) -> bytes:
        found = list(_NUMBER.finditer(data))
        if not found:
            return data + self._rng.choice(_EDGES)
        chosen = self._rng.choice(found)
        return data[: chosen.start()] + self._rng.choice(_EDGES) + data[chosen.end() :]

    def _repeat(self, data: bytes) -> bytes:
        start, end = self._block(data)
        most = self._longest if self._rng.random() < 0.02 else 64
        times = 1 + self._rng.randrange(1 + most // max(1, end - start))
        return data[:start] + data[start:end] * times + data[end:]

    def _line(self, data: bytes) -> bytes:
        """Drop, double or move a line."""
        lines = data.split(b"\n")
        line = lines.pop(self._rng.randrange(len(lines)))
        for _ in range(self._rng.randrange(3)):
            lines.insert(self._rng.randrange(len(lines) + 1), line)
        return b"\n".join(lines)

    def _splice(self, data: bytes) -> bytes:
        other = self._rng.choice(self._corpus)
        return data[: self._place(data)] + other[self._place(other) :]

    def _move(self, data: bytes) -> bytes:
        start, end = self._block(data)
        rest = data[:start] + data[end:]
        at = self._place(rest)
        return rest[:at] + data[start:end] + rest[at:]

    def _noise(self, data: bytes) -> bytes:
        start = self._place(data)
        return data[:start] + self._rng.randbytes(1 + self._rng.randrange(8)) + data[start:]
