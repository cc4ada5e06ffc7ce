"""The guides do what they say: every command in them is run, in order, in an empty folder.

A block of ``sh`` is run by bash; a comment before it may say what the reader need not see: ``exits: 1``, the code
it ends with, or ``needs: postfix``, without which it is skipped. Each line of a block of ``text`` stands in what
the last commands printed. A block whose first line is ``# file: NAME`` is such a file; a comment ``file: NAME from
PATH`` brings one of the project's own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, environment

ROOT: Final = Path(__file__).parents[2]
GUIDES: Final = sorted((ROOT / "docs").glob("*.md"))
_PART: Final = re.compile(
    r"<!-- (?P<key>file|exits|needs): (?P<value>.*?) -->|^```(?P<language>\w+)\n(?P<block>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands as a reader would, with ours and those of our environment first on the path."""
    path = f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        env=environment() | {"PATH": path},
        timeout=DEADLINE_S,
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_does_what_it_says(guide: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    exits, printed = 0, ""
    for part in _PART.finditer(guide.read_text("utf-8")):
        match part["key"] or part["language"]:
            case "file":
                name, _, source = part["value"].partition(" from ")
                shutil.copy(ROOT / source, tmp_path / name)
            case "needs":
                if shutil.which(part["value"], path=f"{os.environ['PATH']}:/usr/sbin") is None:
                    pytest.skip(f"{part['value']} is not installed")
            case "exits":
                exits = int(part["value"])
            case "sh":
                done = bash(part["block"], tmp_path)
                assert done.returncode == exits, f"{part['block']}\n{done.stdout}"
                exits, printed = 0, done.stdout
            case "text":
                missing = [line for line in part["block"].splitlines() if line.strip() not in printed]
                assert missing == [], printed
            case _:
                first, _, rest = part["block"].partition("\n")
                if first.startswith("# file: "):
                    (tmp_path / first.removeprefix("# file: ")).write_text(rest, "utf-8")
