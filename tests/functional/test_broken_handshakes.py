"""TLS handshakes that clients break off: nothing of them stays, neither a deadline nor a word on standard error."""

from __future__ import annotations

import asyncio
import gc
import ssl
from typing import Any, Final

import pytest
import trial_gateway
from wire import Client, connected

from fake_gateways import certificate, server
from probe.lab import event_loop

MANY: Final = 40
BREAKS: Final = ["reset", "reset after the first record", "closed", "closed after the first record", "garbage"]
tls = certificate.issuer(["mx.northwind.example"])


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Any:
    """Run a coroutine in the loop that is named."""
    return asyncio.run if request.param == "asyncio" else event_loop.run


def first_record() -> bytes:
    """Return what a client of TLS says first."""
    context, said = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.MemoryBIO()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), said).do_handshake()
    return said.read()


async def break_off(client: Client, how: str) -> None:
    """Begin a handshake in this way, and end it."""
    if how == "garbage":
        client.send(b"x" * 500)
    if how.endswith("record"):
        client.send(first_record())
        await client.writer.drain()
        await asyncio.sleep(0)
    if how.startswith("reset"):
        client.reset()


def left() -> dict[str, int]:
    """Count what is alive of connections: carriers, deadlines to come, and states of TLS."""
    gc.collect()
    alive = gc.get_objects()
    return {
        "carriers": sum(isinstance(each, server.Carrier) for each in alive),
        "deadlines": sum(type(each).__name__ == "TimerHandle" and not each.cancelled() for each in alive),
        "states of TLS": sum(type(each).__name__ == "SSLProtocol" for each in alive),
    }


async def until_none_is_left() -> None:
    for _ in range(100):
        if not any(left().values()):
            return
        await asyncio.sleep(0.02)
    assert left() == {"carriers": 0, "deadlines": 0, "states of TLS": 0}


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("begins", ["STARTTLS", "from the start"])
def test_nothing_is_left_of_a_handshake_that_is_broken_off(
    how: str,
    begins: str,
    run: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    faults: list[dict[str, object]] = []
    trial = trial_gateway.build(persona="postfix")

    async def break_many_off() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        listener = await server.serve(
            trial.gateway, trial.answer_query, address="127.0.0.1", tls=tls, tls_from_start=begins == "from the start"
        )
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            for _ in range(MANY):
                async with connected(port) as client:
                    if begins == "STARTTLS":
                        await client.reply()
                        assert (await client.say(b"STARTTLS")).startswith("220")
                    await break_off(client, how)
            # The deadlines are far away.
            await until_none_is_left()

    run(break_many_off())
    assert faults == []
    assert trial.gateway.connections == {}
    assert capfd.readouterr().err == ""


def test_what_is_left_of_an_open_connection_is_counted(run: Any) -> None:
    trial = trial_gateway.build(persona="postfix")

    async def count() -> dict[str, int]:
        async with trial_gateway.serving(trial, tls=tls) as port, connected(port) as client:
            await client.reply()
            await client.say(b"STARTTLS")
            return left()

    assert min(run(count()).values()) > 0
