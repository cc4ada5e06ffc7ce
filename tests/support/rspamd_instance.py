"""An rspamd of our own: one worker on loopback, nothing remote, all its files in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from deadline import until
from fivefifty_command import free_port

# A text of three words is worth nine points; GTUBE is rspamd's own test (rspamd.com/doc/other/gtube_patterns.html).
CONFIG: Final = """\
options {{
  pidfile = "{folder}/rspamd.pid";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
  gtube_patterns = "all";
  filters = "regexp";
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "info"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
{proxy}
regexp {{
  LAST_CHANCE = {{ re = "/last chance for free seats/i{{mime}}"; score = 9.0; }}
}}
actions {{ reject = {reject}; add_header = 6; }}
"""

# A mail server asks it as a milter (rspamd.com/doc/workers/rspamd_proxy.html).
PROXY: Final = """\
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{milter}"; count = 1; milter = yes; timeout = 60s;
  upstream "local" {{ default = yes; self_scan = yes; }}
  {says}
}}
"""


@contextmanager
def rspamd(*, milter: int | None = None, reject: float = 15, says: str = "") -> Iterator[int]:
    """Run an instance; yields its port. Skips, saying why, where rspamd is not installed.

    ``milter`` is the port of a milter, ``reject`` the points at which it has a message refused, and ``says`` the text.
    """
    program = shutil.which("rspamd")
    if program is None:
        pytest.skip("rspamd is not installed (Debian package rspamd)")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rspamd-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        proxy = (
            "" if milter is None else PROXY.format(milter=milter, says=f'reject_message = "{says}";' if says else "")
        )
        text = CONFIG.format(folder=folder, port=port, proxy=proxy, reject=reject)
        (folder / "rspamd.conf").write_text(text, "utf-8")
        command = [program, "-f", "-i", "-c", str(folder / "rspamd.conf")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
            try:
                until(lambda: _answers(port), told=lambda: (folder / "rspamd.log").read_text("utf-8", "replace"))
                yield port
            finally:
                process.terminate()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=1) as heard:
            return bool(heard.read().startswith(b"pong"))
    except OSError:
        return False
