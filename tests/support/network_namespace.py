"""A network of its own: its loopback device, its ports and its resolv.conf. Nothing outside is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from deadline import DEADLINE_S
from postfix_instance import PATH

ENTER: Final = """
ip link set lo up && mount --bind "$1" /etc/resolv.conf || exit 1
shift
for address; do ip address add "$address" dev lo || exit 1; done
echo ready && cat
"""


@contextmanager
def network_namespace(folder: Path, nameserver: str, *addresses: str) -> Iterator[Sequence[str]]:
    """Make a network with more addresses than 127.0.0.0/8; gives the words that put a command into it."""
    for program, package in (("unshare", "util-linux"), ("nsenter", "util-linux"), ("ip", "iproute2")):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
    allowed = subprocess.run(
        ["unshare", "--net", "--mount", "true"], capture_output=True, check=False, timeout=DEADLINE_S
    )
    if allowed.returncode:
        pytest.skip(f"namespaces are not permitted here: {allowed.stderr.decode().strip()}")
    resolv = folder / "resolv.conf"
    resolv.write_text(f"nameserver {nameserver}\n", "ascii")
    with subprocess.Popen(
        ["unshare", "--net", "--mount", "sh", "-c", ENTER, "sh", resolv, *addresses],
        encoding="utf-8",
        env={**os.environ, "PATH": PATH},
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,  # cat holds the namespace until this is closed
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"the namespace cannot be set up: {holder.communicate(timeout=DEADLINE_S)[1].strip()}")
        yield ["nsenter", f"--target={holder.pid}", "--net", "--mount"]
        holder.communicate(timeout=DEADLINE_S)
