"""Runs a world over sockets with a proxy before each gateway, and before the mailbox for returned mail."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fake_gateways import server
from fake_gateways.gateway import Gateway
from fake_gateways.session import Session, open_session
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.returned_mail import mailbox_server
from probe.scenario.load import Loaded
from simulation.laws.classifiers import classifiers_of
from simulation.laws.left import Run
from simulation.wire.proxy import Proxy


def run_proxied(loaded: Loaded, folder: Path, rng: random.Random, cuts: float) -> tuple[Run, Proxy]:
    """Run a scenario through proxies that lose connections with a probability of ``cuts``.

    Returned mail is passed on whole: to lose it would be a fault of ours.
    """
    run = Run("proxied", folder)
    proxy = Proxy(rng, cuts)
    mailbox = Proxy(rng)
    try:
        with _before_servers(proxy, mailbox):
            options = Options(transport="tcp", workers=1, out=folder, classifiers=classifiers_of(loaded))
            run.result = run_scenario(prepare(loaded), options)
    except Exception as error:  # noqa: BLE001 - a law says that there is none
        run.error = error
    return run, proxy


@contextmanager
def _before_servers(proxy: Proxy, mailbox: Proxy) -> Iterator[None]:
    """Let listeners open a proxy before each server, which sees the client's own port."""

    def begin(gateway: Gateway, address: str, port: int) -> Session:
        return open_session(gateway, address, proxy.ports.get(port, port))

    with (
        patch.object(server, "open_session", begin),
        patch.object(server, "serve", _behind(proxy, server.serve)),
        patch.object(mailbox_server, "listen", _behind(mailbox, mailbox_server.listen)),
    ):
        yield


def _behind(proxy: Proxy, serve: Callable[..., Awaitable[asyncio.Server]]) -> Callable[..., Awaitable[_Servers]]:
    """Return what serves as before, behind a proxy at the same address."""

    async def serve_behind(*args: Any, address: str, **options: Any) -> _Servers:
        inner = await serve(*args, address=address, **options)
        return _Servers(inner, await proxy.listen(address, inner.sockets[0].getsockname()[1]))

    return serve_behind


class _Servers:
    """A server behind a proxy, which looks like one."""

    def __init__(self, inner: asyncio.Server, outer: asyncio.Server) -> None:
        self._inner = inner
        self._outer = outer
        self.sockets = outer.sockets

    def close(self) -> None:
        self._outer.close()
        self._inner.close()
