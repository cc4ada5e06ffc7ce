"""Where this fivefifty was installed from, as pip writes it, so that CI can install the same one.

Until a release is published no index has fivefifty. It is installed from a repository, a wheel or a checkout, which pip
records beside the package (PEP 610).
"""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from probe.user_files import is_file

VARIABLE: Final = "FIVEFIFTY"
"""The environment variable that says what pip installs: in the documents, for init, and in the CI jobs it writes."""

_GIT_TIMEOUT_S: Final = 10.0


def source_of(record: str | None) -> str:
    """Return what pip installs to get what a record (direct_url.json) describes; empty if others cannot get it.

    It is a commit of a repository, the URL of a wheel with its hash, or the path of a wheel on this machine.
    """
    if record is None:
        return ""
    said = json.loads(record)
    url = str(said["url"])
    is_local = urlsplit(url).scheme == "file"
    path = unquote(urlsplit(url).path)
    if "dir_info" in said:
        return _commit_of(path) if is_local else ""
    if "vcs_info" in said:
        return "" if is_local else f"{said['vcs_info']['vcs']}+{url}@{said['vcs_info']['commit_id']}"
    if is_local:
        return path if is_file(Path(path)) else ""
    return url + _fragment(said.get("archive_info", {}))


def installed_from() -> str:
    """Return what pip installs to get the fivefifty that runs; empty if that is not known."""
    try:
        return source_of(metadata.distribution("fivefifty").read_text("direct_url.json"))
    except (metadata.PackageNotFoundError, ValueError, KeyError):
        return ""


def _fragment(archive: dict[str, Any]) -> str:
    sha256 = archive.get("hashes", {}).get("sha256")
    return f"#sha256={sha256}" if sha256 else ""


def _commit_of(checkout: str) -> str:
    """Return the commit of a checkout as its origin has it; empty if there is none that others can get."""
    url = _git(checkout, "config", "--get", "remote.origin.url")
    commit = _git(checkout, "rev-parse", "HEAD")
    if not url.startswith("https://") or not commit or not _git(checkout, "branch", "--remotes", "--contains", commit):
        return ""
    return f"git+{url}@{commit}"


def _git(checkout: str, *words: str) -> str:
    """Return what git says of a checkout; nothing if it fails or is not installed."""
    command = ["git", "-C", checkout, *words]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_GIT_TIMEOUT_S)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace").strip()
