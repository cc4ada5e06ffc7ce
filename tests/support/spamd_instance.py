"""A spamd of our own: on loopback, local rules only, nothing remote, its files in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from deadline import until
from fivefifty_command import free_port

RULES: Final = """\
body LAST_CHANCE /last chance for free seats/i
score LAST_CHANCE 9.0
"""


@contextmanager
def spamd() -> Iterator[int]:
    """Run an instance; yields its port. Skips, saying why, where SpamAssassin is not installed."""
    program = shutil.which("spamd", path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    if program is None:
        pytest.skip("spamd is not installed (Debian package spamd)")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="spamd-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "local.cf").write_text(RULES, "utf-8")
        (folder / "check.pre").write_text("loadplugin Mail::SpamAssassin::Plugin::Check\n", "utf-8")
        command = [
            *(program, "-L", "-x", "-u", "nobody", "-H", str(folder), "--siteconfigpath", str(folder)),
            *("-i", "127.0.0.1", "-A", "127.0.0.1", "-p", str(port), "-m", "3", "-s", str(folder / "log")),
        ]
        if os.geteuid() != 0:
            command = [word for word in command if word not in {"-u", "nobody"}]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
            try:
                until(lambda: _listens(port), told=lambda: "spamd does not listen")
                yield port
            finally:
                process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
