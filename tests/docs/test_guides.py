"""The guides do what they say: every command in them is run, in order, in an empty folder.

A block of ``sh`` is run by bash, and each line of a block of ``text`` stands in what it printed. A block that begins
with ``# file: NAME`` is such a file. Comments say what the reader need not see: ``file: NAME from PATH`` brings a file
of the project's, ``needs: PROGRAM`` skips the guide where there is none, ``exits: 1`` is the code of the next block,
``beside: WORD`` runs it in the background once it has printed that word, and ``wait: 0`` waits for its end. What is
said to be the ``output of`` a command is held to it by test_documentation.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any, Final

import pytest
from deadline import DEADLINE_S, until
from fivefifty_command import COMMAND, environment

ROOT: Final = Path(__file__).parents[2]
GUIDES: Final = [path for path in sorted((ROOT / "docs").glob("*.md")) if "```sh" in path.read_text("utf-8")]
_PART: Final = re.compile(
    r"^<!-- (?P<key>file|needs|exits|beside|wait|output of): (?P<value>.*?) -->$"
    r"|^```(?P<language>\w*)\n(?P<block>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


class Reader:
    """Somebody who does what a guide says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exits = 0
        self.word = ""
        self.held_elsewhere = False
        self.printed = ""
        self.beside: subprocess.Popen[str] | None = None

    def obey(self, part: re.Match[str]) -> None:
        """Do what a part of the guide says."""
        if part["key"] == "exits":
            self.exits = int(part["value"])
        elif part["key"] == "beside":
            self.word = part["value"]
        elif part["key"] == "output of":
            self.held_elsewhere = True
        elif part["key"]:
            getattr(self, part["key"])(part["value"])
        elif part["language"] == "sh":
            self.run(part["block"])
        elif part["language"] == "text" and self.held_elsewhere:
            self.held_elsewhere = False
        elif part["language"] == "text":
            missing = [line for line in part["block"].splitlines() if line.strip() not in self.printed]
            assert missing == [], self.printed
        elif part["block"].startswith("# file: "):
            first, _, rest = part["block"].partition("\n")
            (self.folder / first.removeprefix("# file: ")).write_text(rest, "utf-8")

    def file(self, value: str) -> None:
        """Bring a file of the project's."""
        name, _, source = value.partition(" from ")
        shutil.copy(ROOT / source, self.folder / name)

    def needs(self, program: str) -> None:
        """Skip the guide where a program is missing."""
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.skip(f"{program} is not installed")

    def run(self, script: str) -> None:
        """Run a block, and hold it to the code it should end with."""
        log = self.folder / "printed.log"
        with log.open("w", encoding="utf-8") as out:
            process = self._started(script, out)
            if self.word:
                word, self.word, self.beside = self.word, "", process
                until(lambda: word in log.read_text("utf-8") or process.poll() is not None)
                assert process.poll() is None, log.read_text("utf-8")
                log.rename(self.folder / "beside.log")
                return
            process.wait(DEADLINE_S)
        self.printed = log.read_text("utf-8")
        assert process.returncode == self.exits, f"{script}\n{self.printed}"
        self.exits = 0

    def wait(self, code: str) -> None:
        """Wait for what runs beside."""
        assert self.beside is not None
        assert self.beside.wait(DEADLINE_S) == int(code), (self.folder / "beside.log").read_text("utf-8")

    def close(self) -> None:
        """End what still runs beside."""
        if self.beside is not None and self.beside.poll() is None:
            self.beside.terminate()
            self.beside.wait(DEADLINE_S)

    def _started(self, script: str, out: IO[Any]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", f"exec {script}" if self.word else script],
            cwd=self.folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            env=environment() | {"PATH": f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}"},
        )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_does_what_it_says(guide: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for part in _PART.finditer(guide.read_text("utf-8")):
            reader.obey(part)
    finally:
        reader.close()
