"""Files that the user names: found without an exception, written whole, their errors the user's."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fake_gateways.strict import InvalidValueError
from probe.input_error import InputError
from probe.scenario.load import require_in_project
from probe.user_files import (
    exists,
    is_file,
    is_folder,
    is_pipe,
    open_here,
    read_text,
    require_writable,
    write_here,
    write_whole,
    writing,
)

TOO_LONG = Path("x" * 5000)


def test_a_path_that_cannot_be_looked_up_is_not_there() -> None:
    with pytest.raises(OSError, match="File name too long"):
        TOO_LONG.exists()
    assert [look(TOO_LONG) for look in (exists, is_file, is_folder, is_pipe)] == [False] * 4


def test_a_file_that_can_be_written_stays_as_it_is(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old", "utf-8")
    for each in (old, new, None):
        require_writable("--log", each)
    assert old.read_text("utf-8") == "old"
    assert not new.exists()


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.EACCES, "choose another file"), (errno.ENOSPC, "make room, or choose another file")]
)
def test_an_error_of_writing_names_the_remedy(number: int, remedy: str) -> None:
    with pytest.raises(InputError) as told, writing("--log a"):
        raise OSError(number, os.strerror(number))
    assert str(told.value) == f"--log a: cannot be written ({os.strerror(number)}); {remedy}"


def test_an_old_file_is_replaced_by_a_whole_one(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("old", "utf-8")
    write_whole(file, "new")
    assert file.read_text("utf-8") == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_what_is_no_file_is_written_and_not_replaced() -> None:
    write_whole(Path("/dev/null"), "anything", is_named=True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b'seed = 1\ntitle = "\xff"\n', "is not a UTF-8 file (line 2 has the octet 0xff); save it as UTF-8"),
        ("seed = 1\n".encode("utf-16"), "is a UTF-16 file; save it as UTF-8"),
        (b"#" * 1048577, "cannot be read (it has more than 1 MiB); split it"),
    ],
)
def test_a_file_that_is_not_text_is_refused_with_the_reason(octets: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(octets)
    with pytest.raises(InputError) as raised:
        read_text(path, 1024**2, "split it")
    assert str(raised.value) == f"{path}: {problem}"


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfseed")
    assert read_text(tmp_path / "bom", 7, "split it") == "seed"


@pytest.mark.parametrize("name", ["a.csv", "deep/a.csv", "../own/a.csv", "none", "x" * 5000])
def test_a_scenario_may_name_files_of_its_folder(name: str, tmp_path: Path) -> None:
    require_in_project(tmp_path / "own", name)
    require_in_project(tmp_path / "own", str(tmp_path / "own" / name))


@pytest.mark.parametrize("name", ["../a.csv", "/etc/passwd", "out", "round/a", "a\0b", "~/../../a"])
def test_a_scenario_may_name_no_file_outside(name: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "out").symlink_to("/etc/passwd")
    (own / "round").symlink_to("round")
    with pytest.raises(InvalidValueError, match="is not in the folder or the repository of the scenario"):
        require_in_project(own, name)


def test_a_scenario_may_name_files_of_its_repository(tmp_path: Path) -> None:
    own = tmp_path / "repository" / "tests" / "mail"
    own.mkdir(parents=True)
    (tmp_path / "repository" / ".git").write_text("gitdir: elsewhere", "utf-8")
    require_in_project(own, "../../a.csv")
    with pytest.raises(InvalidValueError):
        require_in_project(own, "../../../a.csv")


def test_a_link_that_lies_where_we_write_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious", "utf-8")
    for name in ("lock", ".page.html", "page.html"):
        (tmp_path / name).symlink_to(victim)
    for write in (open_here, lambda path: write_here(path, b"x")):
        with pytest.raises(OSError, match="Too many levels of symbolic links"):
            write(tmp_path / "lock")
    with pytest.raises(InputError, match=r"cannot be written \(it is a link\); choose another"), writing("page"):
        write_whole(tmp_path / "page.html", "new")
    (tmp_path / ".page.html").unlink()
    write_whole(tmp_path / "page.html", "new")
    assert not (tmp_path / "page.html").is_symlink()
    assert victim.read_text("utf-8") == "precious"


def test_a_device_is_written_only_if_the_user_named_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").symlink_to("/dev/null")
    write_whole(tmp_path / "page.html", "new")
    assert (tmp_path / "page.html").read_text("utf-8") == "new"
