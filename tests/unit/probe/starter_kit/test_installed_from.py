"""What CI installs, from what pip recorded of the installation here."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from probe.starter_kit.installed_from import source_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WHEEL = "fivefifty-0.1.0-py3-none-any.whl"


def source(**record: Any) -> str:
    return source_of(json.dumps(record))


def test_an_index_has_no_release_yet() -> None:
    assert source_of(None) == ""


def test_a_repository_is_pinned_to_the_commit_that_is_installed() -> None:
    vcs = {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT}
    assert source(url="https://git.example/mail/fivefifty.git", vcs_info=vcs) == (
        f"git+https://git.example/mail/fivefifty.git@{COMMIT}"
    )
    assert source(url="ssh://git@git.example/fivefifty", vcs_info=vcs) == (
        f"git+ssh://git@git.example/fivefifty@{COMMIT}"
    )


def test_a_repository_on_this_machine_is_out_of_reach_for_others() -> None:
    assert source(url="file:///srv/fivefifty", vcs_info={"vcs": "git", "commit_id": COMMIT}) == ""


def test_a_wheel_of_a_server_is_pinned_by_its_hash() -> None:
    url = f"https://files.example/{WHEEL}"
    assert source(url=url, archive_info={"hash": "sha256=ab", "hashes": {"sha256": "ab"}}) == f"{url}#sha256=ab"
    assert source(url=url, archive_info={}) == url


def test_a_wheel_of_this_machine_is_its_path_while_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    url = (folder / WHEEL).as_uri()
    assert source(url=url, archive_info={}) == ""
    (folder / WHEEL).write_bytes(b"")
    assert source(url=url, archive_info={}) == str(folder / WHEEL)


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@acme.example")
    done = subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, encoding="utf-8")
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("origin", "begins"),
    [("https://git.example/fivefifty", "git+https://git.example/fivefifty@"), ("/srv/fivefifty", ""), ("", "")],
)
def test_a_checkout_is_the_commit_of_its_origin_if_others_can_get_it(origin: str, begins: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--allow-empty", "--quiet", "-m", "Begin")
    commit = git(tmp_path, "rev-parse", "HEAD")
    if origin:
        git(tmp_path, "remote", "add", "origin", origin)
    record = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    assert source(**record) == ""  # the origin does not have the commit
    git(tmp_path, "update-ref", "refs/remotes/origin/main", commit)
    assert source(**record) == (f"{begins}{commit}" if begins else "")


def test_a_folder_without_git_is_no_source(tmp_path: Path) -> None:
    assert source(url=tmp_path.as_uri(), dir_info={}) == ""
    assert source(url=(tmp_path / "gone").as_uri(), dir_info={}) == ""
