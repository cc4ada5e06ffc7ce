"""``fivefifty serve`` as a process: started, waited for until it is ready, ended by Ctrl-C, its books read."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deadline import DEADLINE_S
from fivefifty_command import COMMAND, PASSED, environment, free_port

from fake_gateways.truth import Truth
from probe.ledger import Ledger


@dataclass
class Serving:
    """Gateways that listen; ``truths`` is filled when they have stopped."""

    port: int
    dns_address: str
    dns_port: int
    said: list[str] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)


@contextmanager
def serving(
    scenario: Path,
    out: Path,
    *,
    ports: tuple[int, int] | None = None,
    dns_address: str = "127.0.0.1",
    prefix: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Iterator[Serving]:
    """Serve while the block runs. ``ports`` are of gateways and nameserver, free ones if not given."""
    port, dns_port = ports or (free_port(), free_port())
    served = Serving(port, dns_address, dns_port)
    where = ["--port", str(port), "--dns-port", str(dns_port), "--dns-address", dns_address, "--out", str(out)]
    with subprocess.Popen(
        [*prefix, COMMAND, "serve", str(scenario), *where, *options],
        encoding="utf-8",
        env=environment(),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as process:
        watchdog = threading.Timer(DEADLINE_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                served.said.append(line.rstrip("\n"))
                if line.startswith("ready"):
                    break
            else:
                raise AssertionError(f"serve ended before it was ready: {process.communicate()}")
            yield served
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate()
            assert (process.returncode, stderr) == (PASSED, ""), (served.said, stdout, stderr)
            served.said += stdout.splitlines()
        finally:
            watchdog.cancel()
            process.kill()
    with Ledger.open(out) as ledger:
        assert ledger.complete
        served.truths = list(ledger.truths())
