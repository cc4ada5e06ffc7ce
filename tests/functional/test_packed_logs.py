"""Small files that unpack to endless ones."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from probe.input_error import InputError
from probe.intake.reading import files

ENDLESS = 20_000_000
TOO_DENSE = "unpacks to more than 100 times its size, as no log does"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_unpacks_to_too_much_is_refused_before_its_end(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    packed = tmp_path / "log"
    packed.write_bytes(pack(b"x" * 99_999 + b"\n") * (ENDLESS // 100_000))
    lines = iter(files.lines(packed))
    read = [len(next(lines).text) for _ in range(99)]
    with pytest.raises(InputError) as raised:
        read.extend(len(line.text) for line in lines)
    assert raised.value.problem == TOO_DENSE
    assert sum(read) < ENDLESS


def test_a_file_that_unpacks_to_little_is_read_however_dense_it_is(tmp_path: Path) -> None:
    packed = tmp_path / "log"
    packed.write_bytes(gzip.compress((b"x" * 999 + b"\n") * 9_000))
    assert sum(1 for _ in files.lines(packed)) == 9_000


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_of_empty_lines_in_a_row_the_first_is_read_and_the_rest_are_counted(tmp_path: Path, end: bytes) -> None:
    log = tmp_path / "log"
    log.write_bytes(end.join((b"a", b"", b"", b"", b"b", b"", b"c", b"")))
    assert [(line.number, line.text) for line in files.lines(log)] == [(1, "a"), (2, ""), (5, "b"), (6, ""), (7, "c")]
