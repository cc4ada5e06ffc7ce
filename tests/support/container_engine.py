"""Podman and buildah, as far as they are installed and there is an image to build upon."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
BUILD_DEADLINE_S: Final = 900.0
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
"""Of this machine: packages may come through somebody whom a plain Debian does not know."""
CACHE: Final = Path.home() / ".cache" / "pip"
MODEST: Final = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096", "--no-healthcheck")
"""What a container may be given where we are in one ourselves, and nobody runs its health checks."""


def require_images() -> str:
    """Return the base image, or skip the test, saying why."""
    for program in ("podman", "buildah"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian package {program})")
    if os.geteuid() != 0:
        pytest.skip("images are built by root")
    base = os.environ.get("FIVEFIFTY_BASE_IMAGE")
    if not base:
        pytest.skip("FIVEFIFTY_BASE_IMAGE names no image with Python to build upon (.ci/run makes one)")
    return base


def build(tag: str, base: str, *arguments: object) -> None:
    """Build an image from a Dockerfile of ours."""
    mounts = ["-v", f"{CERTIFICATES}:{CERTIFICATES}:ro"] if CERTIFICATES.is_file() else []
    mounts += ["-v", f"{CACHE}:/root/.cache/pip"] if CACHE.is_dir() else []
    done = subprocess.run(
        ["buildah", "bud", "--layers", "--isolation", "chroot", "--network", "host", "--format", "docker",
         "--pull-never", "--build-arg", f"BASE_IMAGE={base}", *mounts, "-t", tag, *map(str, arguments)],
        capture_output=True, check=False, cwd=ROOT, encoding="utf-8", timeout=BUILD_DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def podman(*arguments: object, deadline_s: float = 300.0) -> subprocess.CompletedProcess[str]:
    """Run a command of podman to its end."""
    return subprocess.run(
        ["podman", *map(str, arguments)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=deadline_s,
    )
