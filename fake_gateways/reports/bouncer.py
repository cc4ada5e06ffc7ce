"""Sends delivery reports to the MX of the return-path when they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import aiosmtplib

from fake_gateways.clock import Clock
from fake_gateways.dns.mx_lookup import way_to
from fake_gateways.loopback import Network, OutsideError, require_inside
from fake_gateways.needs import Ask
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.envelope import NULL_RETURN_PATH, domain_of

RETRIES_S: Final = (60.0, 300.0, 1800.0)
"""Waits between attempts, in seconds. After the last one the report is dropped."""
PATIENCE_S: Final = 30.0


class Bouncer:
    """Delivers reports; ``delivered`` and ``given_up`` count the results."""

    def __init__(self, ask: Ask, clock: Clock, port: int, *, allowed: Sequence[Network] = ()) -> None:
        self.delivered = 0
        self.given_up = 0
        self._ask = ask
        self._clock = clock
        self._port = port
        self._allowed = allowed
        self._tasks: set[asyncio.Task[None]] = set()

    def post(self, report: DeliveryReport) -> None:
        """Accept a report and send it when it is due."""
        task = asyncio.get_running_loop().create_task(self._send(report))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop the reports that are not yet sent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, report: DeliveryReport) -> None:
        await self._clock.until(report.at)
        for wait_s in (*RETRIES_S, None):
            taken = await self._hand_over(report)
            if taken is not None or wait_s is None:
                break
            await self._clock.sleep(wait_s)
        self.delivered += taken is True
        self.given_up += taken is not True

    async def _hand_over(self, report: DeliveryReport) -> bool | None:
        """Send a report now. None means: try again later."""
        try:
            way = await way_to(domain_of(report.return_path), self._ask)
            if not way.exchangers:
                return None if way.may_clear else False
            exchanger = way.exchangers[0]
            require_inside(exchanger.address, self._allowed)
            await send_report(report, exchanger.address, self._port, PATIENCE_S)
        except OutsideError:
            return False  # the return-path is untrusted: if it leads off this machine, no socket is opened
        except aiosmtplib.SMTPResponseException as refused:
            return None if refused.code < 500 else False
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return None if refused.recipients[0].code < 500 else False
        except (aiosmtplib.SMTPException, OSError):
            return None
        return True


async def send_report(report: DeliveryReport, address: str, port: int, patience_s: float) -> None:
    """Send a report to a mail server, with the null return-path (RFC 5321 section 4.5.5).

    ``patience_s`` are the real seconds to wait for each reply. Raises aiosmtplib.SMTPException, and OSError.
    """
    client = aiosmtplib.SMTP(
        hostname=address, port=port, timeout=patience_s, local_hostname=report.host, start_tls=False
    )
    await client.connect()
    try:
        await client.sendmail(NULL_RETURN_PATH, [report.return_path], report.content.encode("latin-1"))
        with suppress(aiosmtplib.SMTPException):
            await client.quit()
    finally:
        client.close()  # interrupted, it must not wait for a reply to QUIT in the midst of a message
