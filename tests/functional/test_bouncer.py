"""Delivery reports on their way home: over SMTP, with the null return-path, to where the return-path's mail goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session
from deadline import DEADLINE_S
from trial_gateway import STARTS

from fake_gateways.clock import VirtualClock
from fake_gateways.dns.zone import World
from fake_gateways.reports.bouncer import RETRIES_S, Bouncer
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.verdict import Answer, Question

CONTENT = "From: postmaster@mx.acme.example\r\nSubject: Undeliverable: caf\xe9\r\n\r\nIt came back.\r\n"


def report(return_path: str = "news@bounce.sender.example") -> DeliveryReport:
    return DeliveryReport(
        "acme", "mx.acme.example", 1, STARTS + 60, return_path, "ann@acme.example", "rfc3464", CONTENT
    )


@dataclass
class Mailbox:
    """The return-path's exchanger, stock aiosmtpd; it gives these replies in turn, then takes everything."""

    replies: Sequence[str] = ()
    received: list[tuple[str | None, list[str], bytes]] = field(default_factory=list)
    heard: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its hook
        """Take a message."""
        del server, session
        self.heard += 1
        if self.heard <= len(self.replies):
            return self.replies[self.heard - 1]
        assert isinstance(envelope.content, bytes)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Ok"


@asynccontextmanager
async def home(mailbox: Mailbox, exchanger: str = "127.0.0.1") -> AsyncIterator[tuple[Bouncer, VirtualClock]]:
    """Run the exchanger, and a bouncer that finds it in the DNS."""
    world = World()
    world.add_host("mx.sender.example", exchanger)
    world.add("bounce.sender.example", "MX", "10 mx.sender.example.")
    clock = VirtualClock(STARTS)

    async def ask(question: Question) -> Answer:
        return world.answer(question, clock.now())

    controller: Any = UnthreadedController(mailbox, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop())
    server = await controller._create_server()
    try:
        yield Bouncer(ask, clock, server.sockets[0].getsockname()[1]), clock
    finally:
        server.close()


async def settled(bouncer: Bouncer) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while bouncer._tasks:
            await asyncio.gather(*bouncer._tasks)


async def test_a_report_comes_home_when_it_is_due_and_from_nobody() -> None:
    mailbox = Mailbox()
    async with home(mailbox) as (bouncer, clock):
        bouncer.post(report())
        await settled(bouncer)
    assert mailbox.received == [("<>", ["news@bounce.sender.example"], CONTENT.encode("latin-1"))]
    assert (bouncer.delivered, bouncer.given_up, clock.now()) == (1, 0, STARTS + 60)


async def test_a_deferral_is_tried_again_later() -> None:
    mailbox = Mailbox(["451 4.3.0 Later", "451 4.3.0 Later"])
    async with home(mailbox) as (bouncer, clock):
        bouncer.post(report())
        await settled(bouncer)
    assert (len(mailbox.received), bouncer.delivered) == (1, 1)
    assert clock.now() == STARTS + 60 + sum(RETRIES_S[:2])


@pytest.mark.parametrize(("replies", "heard"), [(["550 5.1.1 No"], 1), (["451 Later"] * 9, len(RETRIES_S) + 1)])
async def test_a_report_that_cannot_be_delivered_is_given_up(replies: list[str], heard: int) -> None:
    mailbox = Mailbox(replies)
    async with home(mailbox) as (bouncer, _):
        bouncer.post(report())
        await settled(bouncer)
    assert (mailbox.heard, bouncer.delivered, bouncer.given_up) == (heard, 0, 1)


@pytest.mark.parametrize("return_path", ["news@nowhere.example", "postmaster"])
async def test_a_return_path_that_leads_nowhere_is_given_up(return_path: str) -> None:
    async with home(Mailbox()) as (bouncer, _):
        bouncer.post(report(return_path))
        await settled(bouncer)
    assert bouncer.given_up == 1


async def test_no_report_leaves_the_machine() -> None:
    async with home(Mailbox(), exchanger="192.0.2.1") as (bouncer, _):
        bouncer.post(report())
        await settled(bouncer)
    assert (bouncer.delivered, bouncer.given_up) == (0, 1)


async def test_what_has_not_gone_out_at_the_end_is_dropped() -> None:
    async with home(Mailbox()) as (bouncer, _):
        bouncer.post(report())
        await bouncer.close()
    assert bouncer._tasks == set()
