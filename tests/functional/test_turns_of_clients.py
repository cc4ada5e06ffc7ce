"""Clients take turns: whoever says very much at once is answered in order, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Any, Final

import pytest
import trial_gateway
from wire import PATIENCE_S, connected

from fake_gateways import certificate
from fake_gateways.server import MAX_AT_ONCE, Carrier

MANY: Final = 10 * MAX_AT_ONCE
FLOODS: Final = {"NOOP": b"NOOP\r\n", "HELP": b"HELP\r\n", "VRFY": b"VRFY x\r\n", "RSET": b"RSET\r\n"}
tls = certificate.issuer(["mx.northwind.example"])


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 40_000)})
        self.written: list[bytes] = []
        self.is_reading = True

    def write(self, data: Any) -> None:
        self.written += [line for line in bytes(data).splitlines() if line[3:4] == b" "]

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def close(self) -> None:
        pass


async def greeted(trial: trial_gateway.Trial, address: str) -> tuple[Carrier, Wire]:
    """Return a client's connection after the greeting."""
    carrier, wire = Carrier(trial.gateway, trial.answer_query), Wire(address)
    carrier.connection_made(wire)
    assert [line[:3] for line in wire.written] == [b"220"]
    wire.written.clear()
    return carrier, wire


def answered(carrier: Carrier, wire: Wire) -> int:
    """Count the replies that are sent, and those that are kept to be sent together."""
    return len(wire.written) + len(carrier._said)


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
async def test_a_flood_of_commands_is_answered_a_few_at_a_time_and_an_honest_client_in_between(flood: bytes) -> None:
    trial = trial_gateway.build()
    loud, loud_wire = await greeted(trial, "127.10.0.1")
    honest, honest_wire = await greeted(trial, "127.10.0.9")
    loud.data_received(flood * MANY)
    for turn in range(1, MANY // MAX_AT_ONCE + 1):
        assert answered(loud, loud_wire) == turn * MAX_AT_ONCE
        # What it says next waits in its socket, not in our memory.
        assert loud_wire.is_reading is (turn == MANY // MAX_AT_ONCE)
        honest.data_received(b"NOOP\r\n")
        assert len(honest_wire.written) == turn
        await asyncio.sleep(0)
    assert len(loud_wire.written) == MANY
    assert loud_wire.is_reading
    for carrier in (loud, honest):
        carrier.connection_lost(None)


async def test_a_client_that_leaves_before_its_turn_is_gone() -> None:
    trial = trial_gateway.build()
    loud, wire = await greeted(trial, "127.10.0.1")
    loud.data_received(FLOODS["NOOP"] * MANY)
    loud.connection_lost(None)
    await asyncio.sleep(0)
    assert answered(loud, wire) == MAX_AT_ONCE
    assert trial.gateway.connections == {}


SAID: Final = (
    b"EHLO mta1.example\r\n" + b"NOOP\r\n" * MANY + b"MAIL FROM:<>\r\nRCPT TO:<ann@northwind.example>\r\nDATA\r\n"
    b"Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"
)


def with_ann() -> trial_gateway.Trial:
    """Return a gateway where Ann has a mailbox."""
    return trial_gateway.build(persona="postfix", mailboxes={"ann@northwind.example": "present"})


async def test_a_client_that_closes_its_side_behind_many_commands_gets_every_reply_first() -> None:
    trial = with_ann()
    async with trial_gateway.serving(trial) as port, connected(port) as client:
        client.send(SAID)
        client.writer.write_eof()
        codes = [line[:3] for line in (await client.to_the_end()).splitlines() if line[3:4] == b" "]
        assert codes == [b"220"] + [b"250"] * (MANY + 3) + [b"354", b"250", b"221"]
    assert [row.fate for row in trial.books] == ["inbox"]


def say_and_close(port: int) -> None:
    """Say everything over TLS, and the end of it, without reading."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as plain:
        plain.recv(1000)
        plain.sendall(b"STARTTLS\r\n")
        plain.recv(1000)
        with context.wrap_socket(plain) as encrypted:
            encrypted.sendall(SAID)
            with suppress(OSError):
                encrypted.unwrap()


async def test_over_tls_many_commands_are_carried_out_before_the_end_of_the_connection() -> None:
    trial = with_ann()
    async with trial_gateway.serving(trial, tls=tls) as port:
        await asyncio.to_thread(say_and_close, port)
        await trial.books.reach(1)
    assert [row.fate for row in trial.books] == ["inbox"]
