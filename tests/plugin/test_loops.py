"""A gateway answers in the loop of an asynchronous test, in a thread otherwise, and leaves nothing behind in either."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from inner_pytest import run_apart

from probe.testing import GatewayFixture

WATCH: Final = '''
"""Fails where a test leaves a thread, a descriptor (socket, file, loop) or a task behind."""

import gc
import os
import socket
import threading
from contextlib import suppress

import pytest
import uvloop


def open_now():
    gc.collect()
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            pass  # the listing's own
    return found, set(threading.enumerate())


uvloop.new_event_loop().close()  # its library keeps a pipe from the first loop on


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    before = open_now()
    result = yield
    assert open_now() == before, item
    return result


@pytest.fixture
def line():
    """Lines that a test leaves open; the other end has been closed when the gateway is gone."""
    lines = []
    yield lambda gateway: lines.append(socket.create_connection((gateway.host, gateway.port)))
    for each in lines:
        with each:
            each.settimeout(20)
            with suppress(ConnectionResetError):  # not even accepted yet
                each.makefile("rb").read()
'''
SYNC: Final = """
import asyncio
import smtplib
import threading

import pytest


def threads():
    return [each.name for each in threading.enumerate() if each.name == "gateway"]


def test_warm_up(gateway):
    smtplib.SMTP(gateway.host, gateway.port).quit()


def test_a_thread(line, gateway):
    assert threads() == []
    smtplib.SMTP(gateway.host, gateway.port).quit()
    line(gateway)
    assert threads() == ["gateway"]


def test_nobody_asks(gateway):
    pass


def test_loops_within_a_test(line, gateway):
    async def greeted():
        reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
        assert (await reader.readline()).startswith(b"220")
        writer.close()
        await writer.wait_closed()

    asyncio.run(greeted())
    asyncio.run(greeted())
    line(gateway)
    assert threads() == ["gateway"]


def test_a_failing_test(line, gateway):
    line(gateway)
    pytest.xfail("to see that nothing is left")
"""
ASYNC: Final = """
import asyncio
import smtplib
import threading

import aiosmtplib
import pytest
{mark}

def threads():
    return [each.name for each in threading.enumerate() if each.name == "gateway"]


async def greeted(gateway):
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    try:
        return await asyncio.wait_for(reader.readline(), 20)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_warm_up(gateway):
    await greeted(gateway)
    await asyncio.to_thread(str)


async def test_its_own_loop(line, gateway):
    before = asyncio.all_tasks()
    assert (await greeted(gateway)).startswith(b"220")
    line(gateway)
    assert threads() == []
    assert asyncio.all_tasks() > before


async def test_nothing_of_the_last_test_is_left(gateway):
    assert [task for task in asyncio.all_tasks() if "serve" in repr(task).lower()] == []


async def test_refused_by_a_client_that_pipelines(gateway):
    gateway.refuse("ann@acme.example", cause="velocity", claims="user-unknown")
    async with aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port) as client:
        people = ["ann@acme.example", "bob@acme.example"]
        errors, _ = await client.sendmail("news@shop.example", people, "Subject: x\\n\\nx")
    assert errors["ann@acme.example"].code == 550
    gateway.assert_received(recipient="bob@acme.example")


@pytest.mark.fivefifty(thread=True)
async def test_code_that_blocks_the_loop(line, gateway):
    smtplib.SMTP(gateway.host, gateway.port, timeout=20).quit()
    line(gateway)
    assert threads() == ["gateway"]


async def test_code_that_blocks_a_thread_of_its_own(gateway):
    def blocking(port):
        smtplib.SMTP(gateway.host, port, timeout=20).quit()

    await asyncio.to_thread(blocking, gateway.port)
    assert threads() == []


@pytest.fixture
def settings(gateway):
    return {{"hostname": gateway.host, "port": gateway.port}}


async def test_a_fixture_that_is_not_asynchronous_asks_first(settings):
    async with aiosmtplib.SMTP(**settings) as client:
        assert (await client.noop()).code == 250
    assert threads() == ["gateway"]


@{fixture}
async def client(gateway):
    async with aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port) as client:
        yield client


async def test_a_fixture_that_is_asynchronous_asks_first(client, gateway):
    gateway.refuse("ann@acme.example")
    await client.mail("news@shop.example")
    with pytest.raises(aiosmtplib.SMTPRecipientRefused):
        await client.rcpt("ann@acme.example")
    gateway.assert_refused(recipient="ann@acme.example")


async def test_a_whole_scenario(lab):
    assert lab.run("small.toml", transport="tcp").scorecard.recipients == 10
"""
STRICT: Final = "import pytest_asyncio\npytestmark = pytest.mark.asyncio{scope}\n"
ANYIO: Final = """
pytestmark = pytest.mark.anyio

@pytest.fixture
def anyio_backend():
    return ("asyncio", {{"use_uvloop": {uvloop}}})
"""


@pytest.fixture
def watched(pytester: pytest.Pytester, small_scenario: str, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a folder whose tests are watched, and a place for temporary files that must be empty in the end."""
    del small_scenario
    pytester.makeconftest(WATCH)
    monkeypatch.setenv("TMPDIR", str(pytester.mkdir("temporary")))
    return pytester


def run(pytester: pytest.Pytester, *arguments: str, mode: str | None = None) -> pytest.RunResult:
    """Run what is there, every warning an error, with pytest-asyncio in a mode or without; return how it went."""
    if mode is not None:
        pytester.makeini(f"[pytest]\nasyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\n")
    done = run_apart(pytester, *arguments, asyncio=mode is not None)
    assert list((pytester.path / "temporary").iterdir()) == []
    return done


def test_plain_tests(watched: pytest.Pytester) -> None:
    watched.makepyfile(SYNC)
    run(watched).assert_outcomes(passed=4, xfailed=1)


def test_pytest_asyncio_in_auto_mode(watched: pytest.Pytester) -> None:
    watched.makepyfile(ASYNC.format(mark="", fixture="pytest.fixture"))
    run(watched, mode="auto").assert_outcomes(passed=9)


def test_pytest_asyncio_in_strict_mode(watched: pytest.Pytester) -> None:
    watched.makepyfile(ASYNC.format(mark=STRICT.format(scope=""), fixture="pytest_asyncio.fixture"))
    run(watched, mode="strict").assert_outcomes(passed=9)


def test_pytest_asyncio_with_a_loop_for_many_tests(watched: pytest.Pytester) -> None:
    scope = "(loop_scope='module')"
    watched.makepyfile(ASYNC.format(mark=STRICT.format(scope=scope), fixture=f"pytest_asyncio.fixture{scope}"))
    # The loop is a descriptor that outlives its test, so only lines and tasks are watched.
    watched.makeconftest(WATCH.replace("def pytest_runtest_protocol", "def _"))
    run(watched, mode="strict").assert_outcomes(passed=9)


@pytest.mark.parametrize("uvloop", [False, True])
def test_anyio(uvloop: bool, watched: pytest.Pytester) -> None:  # noqa: FBT001 - pytest gives it by name
    watched.makepyfile(ASYNC.format(mark=ANYIO.format(uvloop=uvloop), fixture="pytest.fixture"))
    run(watched).assert_outcomes(passed=9)


async def test_a_gateway_made_within_a_coroutine_is_gone_after_some_turns_of_its_loop() -> None:
    before = asyncio.all_tasks()
    with GatewayFixture() as gateway:
        reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
        assert (await reader.readline()).startswith(b"220")
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    assert asyncio.all_tasks() == before
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(gateway.host, gateway.port)


@pytest.mark.parametrize("thread", [False, True])
async def test_a_gateway_may_be_closed_twice_or_without_ever_having_been_asked(thread: bool) -> None:  # noqa: FBT001
    gateway = GatewayFixture(thread=thread)
    gateway.close()
    gateway.close()
    with GatewayFixture(thread=thread) as asked:
        assert asked.port
        asked.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def test_trio(watched: pytest.Pytester) -> None:
    pytest.importorskip("trio")
    watched.makepyfile(
        """
        import pytest, smtplib, trio

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["trio"])
        async def test_a_thread(gateway, anyio_backend):
            port = gateway.port
            await trio.to_thread.run_sync(lambda: smtplib.SMTP(gateway.host, port, timeout=20).quit())
        """
    )
    run(watched).assert_outcomes(passed=1)


def test_xdist(watched: pytest.Pytester) -> None:
    watched.makepyfile(test_sync=SYNC, test_async=ASYNC.format(mark="", fixture="pytest.fixture"))
    run(watched, "-n", "2", mode="auto").assert_outcomes(passed=13, xfailed=1)


def test_an_error_inside_the_gateway_is_an_error_of_the_test(watched: pytest.Pytester) -> None:
    watched.makepyfile(
        """
        import smtplib

        import aiosmtplib
        import pytest

        from fake_gateways.gateway import Gateway

        @pytest.fixture(autouse=True)
        def broken(monkeypatch):
            say = Gateway.say
            monkeypatch.setattr(Gateway, "say", lambda *args: 1 / 0 if args[-1] == "rcpt" else say(*args))

        def test_thread(gateway):
            with smtplib.SMTP(gateway.host, gateway.port) as client:
                client.ehlo()
                client.mail("news@shop.example")
                assert client.rcpt("ann@acme.example")[0] == 421

        async def test_loop(gateway):
            client = aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port)
            await client.connect()
            await client.mail("news@shop.example")
            with pytest.raises(aiosmtplib.SMTPResponseException):
                await client.rcpt("ann@acme.example")
            client.close()
        """
    )
    done = run(watched, mode="auto")
    done.assert_outcomes(passed=2, errors=2)
    assert done.outlines.count("E   ZeroDivisionError: division by zero") == 2
