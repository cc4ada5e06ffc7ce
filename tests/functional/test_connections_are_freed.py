"""A connection that has ended is freed at once: nothing is left for the garbage collector to search for."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import trial_gateway

from fake_gateways.server import Carrier, serve


async def test_a_connection_that_has_ended_is_freed_at_once() -> None:
    trial = trial_gateway.build()
    carriers: list[weakref.ref[Carrier]] = []

    def made(*parts: Any, **settings: Any) -> Carrier:
        carrier = Carrier(*parts, **settings)
        carriers.append(weakref.ref(carrier))
        return carrier

    server = await serve(trial.gateway, trial.answer_query, address="127.0.0.1", carrier=made)
    gc.disable()
    try:
        for _ in range(3):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"EHLO mta1.messenger.example\r\nQUIT\r\n")
            await reader.read()
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [carrier() for carrier in carriers] == [None] * 3
    finally:
        gc.enable()
        server.close()
        await server.wait_closed()
