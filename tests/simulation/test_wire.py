"""The proxy passes on all octets in order, or loses the connection; and its part notices a proxy that does not."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from small_world import small_world
from wire import PATIENCE_S

from simulation.part import Tried
from simulation.wire import proxy as proxies
from simulation.wire import stock_programs, worlds_on_the_wire
from simulation.wire.proxy import Proxy
from simulation.wire.stock_programs import PAIRS, Stock, Taken
from simulation.wire.worlds_on_the_wire import Wire

SAID = bytes(range(256)) * 20


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds_on_the_wire, "draw_world", small_world)


async def echoed(proxy: Proxy) -> bytes:
    """Say something to an echo behind the proxy, and return what comes back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while octets := await reader.read(1000):
                writer.write(octets)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    listener = await proxy.listen("127.0.0.1", server.sockets[0].getsockname()[1])
    async with asyncio.timeout(PATIENCE_S), server, listener:
        port = listener.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.10.0.1", 0))
        writer.write(SAID)
        writer.write_eof()
        heard = b""
        with suppress(ConnectionError):
            while octets := await reader.read(1000):
                heard += octets
        writer.close()
        return heard


@pytest.mark.parametrize("seed", range(5))
async def test_all_octets_arrive_in_order_and_in_pieces(seed: int) -> None:
    proxy = Proxy(random.Random(seed))
    assert await echoed(proxy) == SAID
    assert (proxy.connections, proxy.lost_connections) == (1, 0)
    assert proxy.pieces > 2


@pytest.mark.parametrize("seed", range(5))
async def test_a_connection_is_lost_and_what_came_before_was_right(seed: int) -> None:
    proxy = Proxy(random.Random(seed), cuts=1.0)
    heard = await echoed(proxy)
    assert proxy.lost_connections == 1
    assert len(heard) < len(SAID)
    assert SAID.startswith(heard)


def test_a_world_through_the_proxy_keeps_the_laws_with_and_without_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share in (0.0, 1.0):
        monkeypatch.setattr(worlds_on_the_wire, "HALF", share)
        monkeypatch.setattr(worlds_on_the_wire, "CUTS", (share,))
        tried = Tried()
        (case,) = islice(Wire().cases("ab"), 1)
        Wire().attempt(case, tried, tmp_path / str(share))
        assert tried.failures == []
        assert tried.counts["worlds"] == 1
        assert min(tried.counts["connections"], tried.counts["pieces"]) > 0
        assert bool(tried.counts["lost connections"]) == bool(share)


def test_a_proxy_that_changes_an_octet_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = proxies._End.write
    monkeypatch.setattr(worlds_on_the_wire, "HALF", 0.0)
    monkeypatch.setattr(proxies._End, "write", lambda end, octets: write(end, octets.replace(b"0", b"1")))
    tried = Tried()
    Wire().attempt("ab/0", tried, tmp_path)
    assert [failure.what.partition(":")[0] for failure in tried.failures] in (["same-books"], ["every-run-ends"])


def test_stock_programs_and_ours_understand_each_other(tmp_path: Path) -> None:
    tried = Tried()
    for case in islice(Stock().cases("ab"), 12):
        Stock().attempt(case, tried, tmp_path)
    assert tried.failures == []
    assert min(tried.counts[noun] for noun in ("messages", "connections", "lost connections")) > 0


async def test_what_others_cancel_or_never_end_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_programs, "PATIENCE_S", 0.01)
    async with asyncio.TaskGroup() as others:
        others.create_task(asyncio.sleep(0)).cancel()
        slow = others.create_task(asyncio.sleep(600))
        await stock_programs._others_end()
        assert not slow.done()
        slow.cancel()
        await stock_programs._others_end()


def test_a_message_that_comes_otherwise_than_it_was_sent_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_programs, "PAIRS", PAIRS[2:])
    monkeypatch.setattr(Taken, "contents", property(lambda _: {}, lambda *_: None), raising=False)
    tried = Tried()
    for case in islice(Stock().cases("ab"), 3):
        Stock().attempt(case, tried, tmp_path)
    assert any(" came None" in failure.what for failure in tried.failures)
