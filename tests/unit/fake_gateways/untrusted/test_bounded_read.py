"""Files that users and scenarios name are opened only if reading them ends."""

from __future__ import annotations

import errno
import os
import tracemalloc
from pathlib import Path

import pytest

from fake_gateways.untrusted import bounded_read
from fake_gateways.untrusted.bounded_read import open_bounded, open_table, read_bounded


def written(folder: Path, octets: bytes = b"\xef\xbb\xbfa,b\r\n1,2\r\n") -> Path:
    path = folder / "table.csv"
    path.write_bytes(octets)
    return path


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    assert read_bounded(written(tmp_path, b"x" * 9), 9) == b"x" * 9
    with pytest.raises(OSError, match="it has more than 2 MiB") as caught:
        read_bounded(written(tmp_path, b"x" * (2 * 1024**2 + 1)), 2 * 1024**2)
    assert caught.value.errno == errno.EFBIG


def test_a_short_file_takes_no_more_memory_than_it_has_octets(tmp_path: Path) -> None:
    path = written(tmp_path, b"x" * 9)
    tracemalloc.start()
    try:
        assert read_bounded(path, 1024**3) == b"x" * 9
        assert tracemalloc.get_traced_memory()[1] < 1024**2
    finally:
        tracemalloc.stop()


def test_a_log_has_no_limit(tmp_path: Path) -> None:
    with open_bounded(written(tmp_path, b"x" * 9)) as file:
        assert file.read() == b"x" * 9


def test_a_table_is_text_whose_line_ends_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_table(written(tmp_path)) as file:
        assert file.read() == "a,b\r\n1,2\r\n"
    monkeypatch.setattr(bounded_read, "MAX_TABLE", 3)
    with pytest.raises(OSError, match="it has more than 0 MiB"):
        open_table(written(tmp_path))


def test_what_would_never_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in (Path("/dev/zero"), pipe):
        with pytest.raises(OSError, match="it is a device or a pipe"):
            open_bounded(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Is a directory"),
        ("none", "No such file or directory"),
        ("a\0b", "its name has a NUL character"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_what_is_no_file_is_an_error_of_the_system(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the text is compared
        open_bounded(tmp_path / name)
    assert caught.value.strerror == reason
