"""A Postfix of our own: all its files in a temporary folder, no listening socket, mail handed over by sendmail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from deadline import DEADLINE_S, until

PATH: Final = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
COMPATIBILITY: Final = "3.6"

# Reports about refused mail go to the discard service; what is deferred stays so until the instance stops.
MAIN: Final = """\
compatibility_level = {compatibility}
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = {host}
mydestination =
local_recipient_maps =
local_transport = error:there are no local recipients
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_bind_address = 127.10.0.1
smtp_host_lookup = dns
smtp_line_length_limit = 998
minimal_backoff_time = 1h
maximal_backoff_time = 1h
{more}
"""
MASTER: Final = """\
pickup    unix  n  -  n  1     1  pickup
cleanup   unix  n  -  n  -     0  cleanup
qmgr      unix  n  -  n  300   1  qmgr
rewrite   unix  -  -  n  -     -  trivial-rewrite
bounce    unix  -  -  n  -     0  bounce
defer     unix  -  -  n  -     0  bounce
trace     unix  -  -  n  -     0  bounce
proxymap  unix  -  -  n  -     -  proxymap
smtp      unix  -  -  n  -     -  smtp
lmtp      unix  -  -  n  -     -  lmtp
listed    unix  -  -  n  -     -  smtp -o smtp_bind_address=127.10.0.2
error     unix  -  -  n  -     -  error
retry     unix  -  -  n  -     -  error
discard   unix  -  -  n  -     -  discard
scache    unix  -  -  n  -     1  scache
tlsmgr    unix  -  -  n  1000? 1  tlsmgr
postlog   unix-dgram n -  n  -     1  postlogd
"""
_LINE: Final = re.compile(
    r": to=<(?P<to>[^>]*)>, .*?relay=(?P<relay>\S+), .*?dsn=(?P<dsn>[\d.]+), status=(?P<status>\w+) \((?P<text>.*)\)$"
)
_SAID: Final = re.compile(r" said: (.*) \(in reply to [A-Za-z ]+ command\)")


class Logged(NamedTuple):
    """What Postfix logged of a delivery. ``said`` is the gateway's reply as one line, or Postfix's own words."""

    relay: str
    dsn: str
    status: str
    said: str


@dataclass
class Postfix:
    """A running instance."""

    folder: Path
    prefix: Sequence[str]

    def send(self, return_path: str, recipient: str, message: str) -> Logged:
        """Hand a message over and wait until the log says what became of it."""
        self.submit(return_path, [recipient], message)
        until(lambda: recipient in self.logged(), told=self.log)
        return self.logged()[recipient]

    def submit(self, return_path: str, recipients: Sequence[str], message: str) -> None:
        """Hand a message over."""
        self._command("sendmail", "-C", str(self.folder / "etc"), "-i", "-f", return_path, *recipients, given=message)

    def flush(self) -> None:
        """Have everything that is deferred attempted again."""
        self._command("postqueue", "-c", str(self.folder / "etc"), "-f")

    def log(self) -> str:
        """Return the log up to now."""
        path = self.folder / "mail.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def logged(self) -> dict[str, Logged]:
        """Return deliveries by recipient."""
        found = {}
        for line in self.log().splitlines():
            match = _LINE.search(line)
            if match is not None:
                said = _SAID.search(match["text"])
                found[match["to"]] = Logged(
                    match["relay"], match["dsn"], match["status"], said[1] if said else match["text"]
                )
        return found

    def _command(self, *words: str, given: str = "") -> None:
        done = subprocess.run(
            [*self.prefix, *words],
            capture_output=True,
            check=False,
            encoding="utf-8",
            env={**os.environ, "PATH": PATH, "MAIL_CONFIG": str(self.folder / "etc")},
            input=given,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, (done, self.log())

    def start(self) -> None:
        """Start the instance; returns when its master process runs."""
        self._command("postfix", "-c", str(self.folder / "etc"), "start")

    def stop(self) -> None:
        """Stop the instance; returns when all its processes have gone."""
        self._command("postfix", "-c", str(self.folder / "etc"), "stop")


def require_postfix() -> None:
    """Skip the test, saying why, where no private instance can be started."""
    for program in ("postfix", "sendmail"):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed (Debian package postfix)")
    if os.geteuid() != 0:
        pytest.skip("Postfix has to be started by root")


@contextmanager
def postfix(
    host: str, settings: Mapping[str, str], prefix: Sequence[str] = (), services: str = ""
) -> Iterator[Postfix]:
    """Run an instance. ``settings`` are added to main.cf and ``services`` to master.cf.

    ``prefix`` stands before every command, such as nsenter.
    """
    with tempfile.TemporaryDirectory(prefix="postfix-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its processes run as another user
        for each in ("etc", "queue", "data"):
            (folder / each).mkdir()
        shutil.chown(folder / "data", "postfix")
        more = "\n".join(f"{key} = {value}" for key, value in settings.items())
        text = MAIN.format(folder=folder, host=host, compatibility=COMPATIBILITY, more=more)
        (folder / "etc" / "main.cf").write_text(text, "utf-8")
        (folder / "etc" / "master.cf").write_text(MASTER + services, "utf-8")
        instance = Postfix(folder, prefix)
        instance.start()
        try:
            yield instance
        finally:
            instance.stop()
