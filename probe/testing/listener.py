"""Serves a gateway to a test: in the test's event loop, or in a thread with its own loop."""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final
from weakref import WeakSet

from fake_gateways.gateway import Gateway
from fake_gateways.server import AnswerQuery, Carrier
from fake_gateways.verdict import Answer, ExternalQuery
from probe.testing.rules import RealWait

TLS_WAIT_S: Final = 0.02
"""How long to wait for a client that speaks TLS from the start. Any other client waits for the greeting."""
TLS_HANDSHAKE: Final = b"\x16"


class GatewayListener:
    """Listens on a free port of ``host`` as soon as it exists; connections are served after ``start``.

    Raises OSError if the machine does not have the address. ``faults`` are the errors inside the gateway, oldest first.
    """

    def __init__(
        self, gateway: Gateway, host: str, answer_query: AnswerQuery, tls: Callable[[], ssl.SSLContext]
    ) -> None:
        self._gateway = gateway
        self._tls = tls
        self._answer_query = _answering(answer_query)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=1024)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self.faults: list[BaseException] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def start(self, *, in_loop: bool) -> None:
        """Serve connections in the running event loop, if there is one and ``in_loop`` allows it, else in a thread.

        Does nothing if the gateway is already served by a loop that is not closed.
        """
        with self._starting:  # clients in several threads may ask for the port at once
            if self._loop is not None and not self._loop.is_closed():
                return
            running = _running_loop() if in_loop else None
            if running is not None:
                self._loop, self._task = running, running.create_task(self._serve(lambda: None))
                return
            started = threading.Event()
            self._thread = threading.Thread(target=self._in_thread, args=(started,), name="gateway", daemon=True)
            self._thread.start()
            started.wait()

    def _in_thread(self, started: threading.Event) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._serve_in_thread(started))

    async def _serve_in_thread(self, started: threading.Event) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_exception_handler(self._record_fault)
        try:
            await self._serve(started.set)
        finally:
            started.set()

    def _record_fault(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        self.faults.append(context.get("exception") or RuntimeError(context["message"]))

    async def _serve(self, ready: Callable[[], None]) -> None:
        async with _accepting(self._listener, partial(self._carry, self._carry().prepared), self._tls):
            ready()
            await asyncio.Event().wait()

    def _carry(self, prepared: Mapping[str, Any] | None = None) -> Carrier:
        return Carrier(self._gateway, self._answer_query, tls=self._tls, failed=self.faults.append, prepared=prepared)

    def close(self) -> None:
        """Close all connections and the socket: at once, or within a running loop in its next iterations."""
        loop, task, thread = self._loop, self._task, self._thread
        if loop is not None and task is not None and not loop.is_closed():
            if thread is not None:
                loop.call_soon_threadsafe(task.cancel)
                thread.join()
            elif _running_loop() is None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    loop.run_until_complete(task)
            else:
                task.cancel()
                task.add_done_callback(lambda _: self._listener.close())
                return
        self._listener.close()


@asynccontextmanager
async def _accepting(
    listener: socket.socket, carry: Callable[[], Carrier], tls: Callable[[], ssl.SSLContext]
) -> AsyncIterator[None]:
    """Accept connections to a listening socket; on exit close them all.

    This does not use asyncio's own server: in Python 3.11 that loses connections it accepts while it is closed.
    """
    loop = asyncio.get_running_loop()
    carriers: WeakSet[Carrier] = WeakSet()
    connecting: set[asyncio.Task[Any]] = set()

    def carried() -> Carrier:
        carrier = carry()
        carriers.add(carrier)
        return carrier

    def accept() -> None:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return  # the client has gone already

        def connected(task: asyncio.Task[Any]) -> None:
            connecting.discard(task)
            if task.cancelled() or task.exception() is not None:
                connection.close()

        async def connect() -> None:
            connection.settimeout(0)
            encrypted = tls() if await _begins_with_tls(connection) else None
            await loop.connect_accepted_socket(carried, connection, ssl=encrypted)

        task = loop.create_task(connect())
        connecting.add(task)
        task.add_done_callback(connected)

    loop.add_reader(listener, accept)
    try:
        yield
    finally:
        loop.remove_reader(listener)
        if connecting:
            await asyncio.wait(connecting)
        for carrier in tuple(carriers):
            await carrier.end()


async def _begins_with_tls(connection: socket.socket) -> bool:
    """Whether the client speaks first, and in TLS (RFC 8446 section 5.1). Nothing is taken from the connection."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        async with asyncio.timeout(TLS_WAIT_S):
            await readable.wait()
        return connection.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE
    except (TimeoutError, OSError):
        return False
    finally:
        loop.remove_reader(connection)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _answering(handler: AnswerQuery) -> AnswerQuery:
    """Return what answers the queries of the gateway: waits of a test's rules by real time, all else by ``handler``."""

    async def answer(query: ExternalQuery) -> Answer:
        if not isinstance(query, RealWait):
            return await handler(query)
        if math.isinf(query.seconds):
            await asyncio.Event().wait()
        await asyncio.sleep(query.seconds)
        return Answer()

    return answer
