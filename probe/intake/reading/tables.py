"""Reads the rows of tables: CSV with a header (RFC 4180), as programs export it.

The separator is a comma, a semicolon, a tab or a bar, or what Excel's first line ``sep=;`` says.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, dropwhile
from typing import Final, NamedTuple

from probe.intake.event import BadLine, LogLine

MAX_ROW: Final = 1_000_000
"""The most characters of a row; a longer row is a sign of a quotation mark that is not closed."""
_SEPARATORS: Final = ",;\t|"
_EXCELS: Final = re.compile(r'\ufeff?\s*"?sep=(.)"?[\s,;|]*', re.IGNORECASE)
_COMMENT: Final = re.compile(r"\ufeff?#(?:TYPE\b|(?!fields:)[\w-]{1,40}:)", re.IGNORECASE)
"""A line in front of the header, as PowerShell (``#TYPE``) and Exchange's and IIS's logs (``#Software:``) have them."""
_FIELDS: Final = re.compile(r"\ufeff?#fields:\s*", re.IGNORECASE)
_NAME: Final = re.compile(r"\s*[@#A-Za-z_][\w @#./()-]{0,79}")
"""The name of a column, which tells a header from other text."""


class Row(NamedTuple):
    """A row that is not empty, and the number of its first line. The first one is the header."""

    number: int
    cells: list[str]


def rows(lines: Iterable[LogLine]) -> Iterator[Row | BadLine]:
    """Yield the rows. What is not CSV or holds a NUL is a BadLine; quoted fields may contain line breaks."""
    rest = dropwhile(lambda line: not line.text.strip("\ufeff \t") or _COMMENT.match(line.text), _apart(lines))
    header = next(rest, None)
    separator = None
    if header is not None and (told := _EXCELS.fullmatch(header.text)):
        separator, header = told[1], next(rest, None)
    if header is None:
        return
    header = header._replace(text=_FIELDS.sub("", header.text.removeprefix("\ufeff"), count=1))
    feed = _Feed(chain((header,), rest))
    # Without strict, a quotation mark that is not closed would swallow the rest of the file without an error.
    reader = csv.reader(feed, strict=True, delimiter=separator or _separator(header.text))
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(feed.first, f"not CSV ({error})")
            continue
        if any("\0" in cell for cell in cells):
            yield BadLine(feed.first, "not CSV (it holds a NUL)")
        elif any(cells):
            yield Row(feed.first, cells)


def _apart(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """Yield lines that end in carriage returns alone, as Excel for Macintosh writes them, one by one."""
    for line in lines:
        if "\r" in line.text:
            yield from (line._replace(text=text) for text in line.text.split("\r"))
        else:
            yield line


def records(lines: Iterable[LogLine]) -> Iterator[tuple[int, dict[str, str]] | BadLine]:
    """Yield each row below the header with its number, as cells by the names of columns."""
    header: list[str] | None = None
    for row in rows(lines):
        if isinstance(row, BadLine):
            yield row
        elif header is None:
            header = named(row)
        else:
            yield under(header, row)


def named(header: Row) -> list[str]:
    """Return the names of the columns."""
    return [name.strip("\ufeff \t") for name in header.cells]


def under(header: list[str], row: Row) -> tuple[int, dict[str, str]] | BadLine:
    """Return a row's number and cells by the names of columns, a BadLine if it has more cells than names."""
    cells = row.cells
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > len(header):
        return BadLine(row.number, f"a row of {len(cells)} fields under a header of {len(header)}")
    return row.number, dict(zip(header, cells, strict=False))


def is_header(text: str) -> bool:
    """Whether a line may be the header of a table of several columns, or what programs write in front of it."""
    if _EXCELS.fullmatch(text) or _COMMENT.match(text) or _FIELDS.match(text):
        return True
    text = text.lstrip("\ufeff").partition("\r")[0]
    # A bar also stands between a container's name and its line.
    cells = text.split(max(_SEPARATORS.replace("|", ""), key=text.count))
    return len(cells) > 1 and all(_NAME.fullmatch(cell.strip().strip('"')) for cell in cells[:200])


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


class _Feed:
    """Passes lines to the csv module, which takes as many as a row has."""

    def __init__(self, lines: Iterable[LogLine]) -> None:
        self._lines = iter(lines)
        self.first = 0
        self._size = 0

    def begin(self) -> None:
        """Start a new row."""
        self.first = self._size = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.first = self.first or line.number
        self._size += len(line.text) + 1
        if self._size > MAX_ROW:
            raise csv.Error(f"a row of more than {MAX_ROW:,} characters")
        return f"{line.text}\n"
