"""An Exim of our own: all its files in a temporary folder, mail handed over on its command line or by SMTP.

Debian lets Exim and Postfix not be installed side by side; FIVEFIFTY_EXIM names a program that was only unpacked.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from deadline import DEADLINE_S, until

USER: Final = "Debian-exim"
CONFIG: Final = """\
primary_hostname = mta1.sender.example
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
log_selector = +smtp_confirmation
keep_environment =
never_users =

begin routers
all:
  driver = manualroute
  route_data = {exchanger}
  transport = out
  self = send

begin transports
out:
  driver = smtp
  port = {port}
  interface = 127.10.0.1
  allow_localhost
  hosts_require_tls = *
  tls_verify_hosts = !*
  tls_try_verify_hosts = !*
  tls_verify_certificates = /dev/null

begin retry
* * F,1h,1s
"""


@dataclass
class Exim:
    """An instance; every call ends before it returns."""

    program: str
    folder: Path

    def send(self, return_path: str, recipients: list[str], message: str) -> None:
        """Take a message and attempt to deliver it at once."""
        self._command("-odi", "-f", return_path, *recipients, given=message)

    def retry(self) -> None:
        """Attempt everything in the queue again."""
        self._command("-qff")

    @property
    def log(self) -> str:
        """The main log."""
        return (self.folder / "log" / "mainlog").read_text("utf-8", "replace")

    def _command(self, *words: str, given: str = "") -> None:
        done = subprocess.run(
            [self.program, "-C", str(self.folder / "exim.conf"), *words],
            capture_output=True,
            check=False,
            encoding="utf-8",
            input=given,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, done


@contextmanager
def configured(config: str, **fields: object) -> Iterator[Exim]:
    """Prepare an instance; ``config`` has fields for these, program and folder. Skips where that cannot be."""
    program = os.environ.get("FIVEFIFTY_EXIM") or shutil.which("exim4")
    if program is None:
        pytest.skip("Exim is not there (FIVEFIFTY_EXIM names none; .ci/run unpacks one)")
    if os.geteuid() != 0:
        pytest.skip("Exim has to be started by root")
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        pytest.skip(f"Exim needs the user {USER}, which its Debian package makes")
    with tempfile.TemporaryDirectory(prefix="exim-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for each in ("spool", "log"):
            (folder / each).mkdir()
            os.chown(folder / each, user.pw_uid, user.pw_gid)
        (folder / "exim.conf").write_text(config.format(folder=folder, program=program, **fields), "utf-8")
        yield Exim(program, folder)


@contextmanager
def exim(exchanger: str, port: int) -> Iterator[Exim]:
    """Prepare an instance that sends everything to one exchanger, encrypted. Skips where that cannot be."""
    with configured(CONFIG, exchanger=exchanger, port=port) as instance:
        yield instance


@contextmanager
def listening(config: str, **fields: object) -> Iterator[Exim]:
    """Run an instance that listens. Skips where that cannot be."""
    with configured(config, **fields) as instance:
        log = instance.folder / "log" / "mainlog"
        command = [instance.program, "-C", str(instance.folder / "exim.conf"), "-bdf", "-q1h"]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as daemon:
            try:
                until(lambda: log.exists() or daemon.poll() is not None)
                assert daemon.poll() is None, daemon.communicate()
                yield instance
            finally:
                daemon.terminate()
                daemon.wait(10)
