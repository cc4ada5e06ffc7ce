"""Content filters that answer badly, late, or not at all: none may harm a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fivefifty_command import free_port
from small_scenario import bent, write

from fake_gateways import scanners
from fake_gateways.loopback import OutsideError
from fake_gateways.verdict import UNANSWERED, Answer, Scan
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def answering(said: bytes) -> AsyncIterator[int]:
    """Listen on a free port and say the same to everybody who has spoken."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def asked(name: str, port: int) -> Answer:
    scanner: Callable[[Scan], Awaitable[Answer]] = scanners.connect({name: ("127.0.0.1", port)})[name]
    return await scanner(
        Scan(name, b"Subject: x\r\n\r\nx\r\n", "127.10.0.1", "a.example", "jürgen@b.example", ("c@d.example",))
    )


def body(text: bytes) -> bytes:
    return HTTP + b"Content-Length: %d\r\n\r\n" % len(text) + text


@pytest.mark.parametrize(
    ("name", "said", "records"),
    [
        ("rspamd", body(b'{"score": 7.25, "action": "add header"}'), ("7.25",)),
        ("rspamd", body(b'{"score": "many"}'), ()),
        ("rspamd", body(b"[7]"), ()),
        ("rspamd", body(b"no JSON"), ()),
        ("rspamd", body(b"[" * 100_000), ()),
        ("rspamd", body(b" " * 2_000_000), ()),
        ("rspamd", b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", ()),
        ("rspamd", b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n", ()),
        ("rspamd", b"220 mx.example ESMTP\r\n", ()),
        ("rspamd", b"", ()),
        ("spamassassin", b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 12.5 / 5.0\r\n\r\n", ("12.5",)),
        ("spamassassin", b"SPAMD/1.1 0 EX_OK\r\nSpam: False ; -1.0 / 5.0\r\n\r\n", ("-1.0",)),
        ("spamassassin", b"SPAMD/1.0 76 Bad header line\r\n\r\n", ()),
        ("spamassassin", b"\0" * 1_000_000, ()),
        ("spamassassin", b"", ()),
    ],
)
async def test_an_answer_makes_sense_or_there_is_none(name: str, said: bytes, records: tuple[str, ...]) -> None:
    async with answering(said) as port:
        answer = await asked(name, port)
    assert answer.records == records
    assert answer.failed is not bool(records)


@pytest.mark.parametrize("name", scanners.KINDS)
async def test_where_nobody_listens_there_is_no_answer(name: str) -> None:
    assert await asked(name, free_port()) == UNANSWERED


@pytest.mark.parametrize("name", scanners.KINDS)
def test_a_message_never_leaves_the_machine(name: str) -> None:
    with pytest.raises(OutsideError):
        scanners.connect({name: ("192.0.2.1", 11333)})


@pytest.mark.parametrize("name", scanners.KINDS)
def test_a_run_that_needs_a_filter_says_that_nobody_answers(name: str, tmp_path: Path) -> None:
    port = free_port()
    text = (
        bent('type = "content"', f'type = "content"\n  scanner = "{name}"')
        + f'\n[scanners]\n{name} = "127.0.0.1:{port}"\n'
    )
    prepared = prepare(load(write(tmp_path, text)))
    with pytest.raises(InputError, match=f"no content filter answers at 127.0.0.1 port {port}; start {name} there"):
        run_scenario(prepared, Options(transport="memory", out=tmp_path / "run", classifiers=choose(["code"])))
