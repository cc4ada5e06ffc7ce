"""A Dovecot of our own: all its files in a temporary folder, mailboxes as Maildir, one password for everybody."""

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
from fivefifty_command import free_port

PATH: Final = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
PASSWORD: Final = "correct-horse"
OWNER: Final = "nobody"
CONFIG: Final = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 0
mail_location = maildir:{folder}/mail/%u
maildir_very_dirty_syncs = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
  service_count = 0
}}
service imap {{
  process_limit = 64
  service_count = 1000
}}
service auth {{
  client_limit = 400
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Unwanted {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


@dataclass
class Dovecot:
    """A running instance."""

    folder: Path
    port: int

    def put(
        self, user: str, message: bytes, folder: str = "", arrived: float | None = None, name: str = "1.a.b"
    ) -> Path:
        """Put a message into a folder of a user; the inbox if none is named. Levels are divided by dots."""
        place = self.folder / "mail" / user / (f".{folder}" if folder else "")
        for each in ("cur", "new", "tmp"):
            (place / each).mkdir(parents=True, exist_ok=True)
        path = place / "new" / name
        path.write_bytes(message)
        if arrived is not None:
            os.utime(path, (arrived, arrived))
        return path

    def give(self) -> None:
        """Give all mailboxes to their owner."""
        owner = pwd.getpwnam(OWNER)
        for path in [self.folder / "mail", *(self.folder / "mail").rglob("*")]:
            os.chown(path, owner.pw_uid, owner.pw_gid)

    @property
    def log(self) -> str:
        """What was logged."""
        path = self.folder / "dovecot.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run an instance; skips the test, saying why, where none can be started."""
    program = shutil.which("dovecot", path=PATH)
    if program is None or not Path("/usr/lib/dovecot/imap").exists():
        pytest.skip("Dovecot is not installed (Debian package dovecot-imapd)")
    if os.geteuid() != 0:
        pytest.skip("Dovecot has to be started by root")
    with tempfile.TemporaryDirectory(prefix="dovecot-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its processes run as other users
        (folder / "mail").mkdir()
        owner, port = pwd.getpwnam(OWNER), free_port()
        config = folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(folder=folder, port=port, password=PASSWORD, uid=owner.pw_uid, gid=owner.pw_gid), "utf-8"
        )
        instance = Dovecot(folder, port)
        instance.give()
        with subprocess.Popen([program, "-F", "-c", str(config)], stdin=subprocess.DEVNULL) as process:
            try:
                until(lambda: "starting up" in instance.log or process.poll() is not None, told=lambda: instance.log)
                assert process.poll() is None, instance.log
                yield instance
            finally:
                process.terminate()
                process.wait(DEADLINE_S)
