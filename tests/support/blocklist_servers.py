"""A nameserver of ours with faults, an rbldnsd and an Unbound of our own, all on loopback."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest
from deadline import DEADLINE_S, until
from fivefifty_command import free_port

from fake_gateways.dns.nameserver import serve
from fake_gateways.dns.resolver_fault import FaultyResolver
from fake_gateways.dns.zone import World

ZONE: Final = "bl.acme.example"
_QUERY: Final = bytes.fromhex("000101000001000000000000") + b"\x07invalid\x00" + bytes.fromhex("00010001")
_UNBOUND: Final = """\
server:
  interface: 127.0.0.1@{port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "iterator"
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  logfile: "{folder}/unbound.log"
  use-syslog: no
  {options}
remote-control:
  control-enable: no
stub-zone:
  name: "{zone}"
  stub-addr: 127.0.0.1@{behind}
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{behind}
"""


@contextmanager
def nameserver(world: World, *faults: FaultyResolver) -> Iterator[int]:
    """Serve a world on loopback, in a thread; yields its port."""
    ready, done = Event(), Event()
    ports: list[int] = []

    async def run() -> None:
        server = await serve(world, lambda: 0.0, faults=faults)
        ports.append(server.port)
        ready.set()
        await asyncio.to_thread(done.wait)
        await server.close()

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(DEADLINE_S)
        yield ports[0]
    finally:
        done.set()
        thread.join()


@contextmanager
def rbldnsd(entries: str) -> Iterator[int]:
    """Run rbldnsd with a list of addresses; yields its port. Skips where it is not installed."""
    program = _program("rbldnsd", "rbldnsd")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rbldnsd-of-our-own-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "list").write_text(f":127.0.0.2:Listed, see https://acme.example/?$\n{entries}", "utf-8")
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [program, "-n", *user, "-b", f"127.0.0.1/{port}", "-w", str(folder), f"{ZONE}:ip4set:list"]
        with _running(command, port):
            yield port


@contextmanager
def unbound(behind: int, options: str = "") -> Iterator[int]:
    """Run an Unbound that asks a nameserver on loopback; yields its port. Skips where it is not installed."""
    program = _program("unbound", "unbound")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="unbound-of-our-own-") as name:
        config = Path(name) / "unbound.conf"
        config.write_text(
            _UNBOUND.format(port=port, folder=name, options=options, zone=ZONE, behind=behind), encoding="utf-8"
        )
        with _running([program, "-d", "-c", str(config)], port):
            yield port


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return found


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(port) or process.poll() is not None)
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            yield
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        try:
            asking.sendto(_QUERY, ("127.0.0.1", port))
            return bool(asking.recv(512))
        except OSError:
            return False
