"""What commands print into a pipe: plain, whole, whatever the width that somebody's environment claims."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, PASSED, environment, fivefifty

TWELVE = Path(__file__).parent.parent / "scenarios" / "twelve.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the twelve."""
    out = tmp_path_factory.mktemp("piped") / "run"
    fivefifty("run", TWELVE, "--transport", "memory", "--out", out)
    return out


@pytest.mark.parametrize("columns", [None, "40", "80"])
def test_nothing_is_cut_to_a_width_and_nothing_is_padded(folder: Path, columns: str | None) -> None:
    claimed = {} if columns is None else {"COLUMNS": columns}
    commands = (["check", str(folder)], ["compare", f"{folder}:code", f"{folder}:text"], ["personas"])
    for command in commands:
        done = subprocess.run(
            [COMMAND, *command],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**environment(), **claimed},
            stdin=subprocess.DEVNULL,
            timeout=DEADLINE_S,
        )
        assert done.stderr == ""
        assert done.stdout == fivefifty(*command).stdout
        assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []
        assert not {"\x1b", "─", "│", "…"} & set(done.stdout)
        assert max(map(len, done.stdout.splitlines())) > 80


def test_a_reader_without_unicode_gets_the_same(folder: Path) -> None:
    plain = subprocess.run(
        [COMMAND, "check", str(folder)],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        stdin=subprocess.DEVNULL,
        timeout=DEADLINE_S,
    )
    assert (plain.returncode, plain.stderr) == (PASSED, b"")
    assert plain.stdout.decode("ascii") == fivefifty("check", folder).stdout
