"""Reads logs and mailboxes from disk as streams."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from fake_gateways.untrusted.bounded_read import open_bounded
from probe.input_error import InputError
from probe.intake.event import LogLine

Advance = Callable[[int], None]
"""Called with the number of octets that were read since the last call."""
_AT_ONCE: Final = 65_536
_AT_MOST: Final = 12_000_000
"""The most octets of a line; JSON on one line may be long."""
_PACKED: Final[dict[bytes, Callable[[IO[bytes]], io.BufferedIOBase]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
"""How packed files start (gzip: RFC 1952 section 2.3.1); the file's name does not matter."""
_DENSEST: Final = 100
"""Octets that one packed octet may hold; logs have ten to forty. One of gzip may hold a thousand."""
_UNSUSPECTED: Final = 10_000_000
"""As many unpacked octets are read of any file."""
_OTHERWISE_PACKED: Final = {b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip", b"7z\xbc\xaf\x27\x1c": "7z"}
"""Files that have to be unpacked first."""
_TAR: Final = slice(257, 262)
"""Where a tar archive says what it is (POSIX.1-2017, ustar)."""


def size_of(path: Path) -> int:
    """Return the size in octets of a file, or of all files in a folder; raises InputError if it does not exist."""
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
        if not path.is_file():
            raise InputError(path, "is not a file", "check the file name")
        return path.stat().st_size
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "check its permissions") from None


def lines(path: Path, advance: Advance = lambda _: None) -> Iterator[LogLine]:
    """Yield the lines of a text file in UTF-8 or UTF-16, packed or not. Raises InputError.

    What is not of the encoding is replaced; a byte order mark is left out. Of empty lines in a row one is yielded.
    """
    with _opened(path) as (raw, file):
        text = io.TextIOWrapper(file, _encoding(file.peek(4)[:4]), "replace", newline="\n")
        before = number = 0
        is_empty = False
        while line := text.readline(_AT_MOST):
            number += 1
            was_empty, is_empty = is_empty, line in {"\n", "\r\n"}
            if not (is_empty and was_empty):
                yield LogLine(number, line.rstrip("\r\n"))
            if number % 1000 == 0:
                advance(raw.tell() - before)
                before = raw.tell()
        advance(raw.tell() - before)


def octet_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file with their ends, packed or not; UTF-16 becomes UTF-8. Raises InputError."""
    with _opened(path) as (_, file):
        head = file.peek(4)[:4]
        encoding = _encoding(head)
        if encoding != "utf-8-sig":
            text = io.TextIOWrapper(file, encoding, "replace", newline="\n")
            yield from (line.encode("utf-8", "replace") for line in iter(lambda: text.readline(_AT_MOST), ""))
            return
        file.read(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
        yield from iter(lambda: file.readline(_AT_MOST), b"")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], io.BufferedReader]]:
    """Open a file, as it is and unpacked. Raises InputError, also for errors while it is read."""
    try:
        with open_bounded(path) as raw:
            file = _unpacked(path, raw)
            if file.peek(_TAR.stop)[_TAR] == b"ustar":
                raise InputError(path, "is a tar archive", "unpack it first")
            yield raw, file
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(path, f"cannot be read ({reason})", "check the file and its permissions") from None


class _Unpacked(io.RawIOBase):
    """A packed file as it is unpacked. It raises InputError where a small file would never end."""

    def __init__(self, path: Path, raw: io.BufferedReader, unpack: Callable[[IO[bytes]], io.BufferedIOBase]) -> None:
        self._path = path
        self._raw = raw
        self._file = unpack(raw)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer)
        self._count += count
        if self._count > max(_UNSUSPECTED, _DENSEST * self._raw.tell()):
            problem = f"unpacks to more than {_DENSEST} times its size, as no log does"
            raise InputError(self._path, problem, "unpack it first, if it is what you expect")
        return count


def _unpacked(path: Path, raw: io.BufferedReader) -> io.BufferedReader:
    head = raw.peek(8)
    for start, kind in _OTHERWISE_PACKED.items():
        if head.startswith(start):
            raise InputError(path, f"is packed with {kind}", "unpack it first")
    unpack = next((unpack for start, unpack in _PACKED.items() if head.startswith(start)), None)
    return raw if unpack is None else io.BufferedReader(_Unpacked(path, raw, unpack), _AT_ONCE)


def _encoding(head: bytes) -> str:
    """Return the encoding of a text by its first octets: a byte order mark, or every other octet zero as in UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = "".join("0" if octet == 0 else "x" for octet in head)
    return {"x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(zeros, "utf-8-sig")
