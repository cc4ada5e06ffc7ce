"""The ``gateway`` fixture: a mail gateway that refuses what a test says, and shows what it received."""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Callable, Mapping
from operator import methodcaller
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypedDict, Unpack

from fake_gateways.loopback import OutsideError, require_inside
from fake_gateways.policies.content import compiled
from fake_gateways.truth import Cause, Truth
from fake_gateways.units import parse_duration
from fake_gateways.verdict import Disconnect
from probe.harmless import harmless
from probe.input_error import InputError
from probe.testing import matching
from probe.testing.arguments import (
    Addresses,
    When,
    addresses_of,
    attempts_of,
    called,
    cause_of,
    mailbox_of,
    read_argument,
    read_conditions,
    recipients_of,
    refusal_of,
    stage_of,
    state_of,
)
from probe.testing.listener import GatewayListener
from probe.testing.logins import LoginAttempt, LoginRefusal, LoginRules
from probe.testing.open_gateway import Given, TestedGateway, open_gateway
from probe.testing.open_scenario import Scenario
from probe.testing.patterns import read_addresses
from probe.testing.recorded import GatewayRecord, ReceivedMessage
from probe.testing.reports import Original, ReportWriter
from probe.testing.rules import GatewayRule, GatewayRules, Outcome, RealWait
from probe.testing.tls_file import authority, context_of
from probe.testing.told_reply import read_reply

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""


class GatewaySettings(TypedDict, total=False):
    """The settings of a gateway besides its persona: see ``GatewayFixture``."""

    scenario: Scenario | None
    name: str | None
    host: str
    lmtp: bool
    thread: bool


class MakeGateway(Protocol):
    """The ``make_gateway`` fixture: creates gateways that are closed at the end of the test."""

    def __call__(self, persona: str | Path | None = None, **settings: Unpack[GatewaySettings]) -> GatewayFixture:
        """Create one more gateway; the arguments are those of ``GatewayFixture``."""
        ...


class GatewayFixture:
    """A mail gateway on a free port of ``host`` that accepts all mail except what a test told it to refuse.

    ``persona`` names the vendor whose replies the gateway uses (default: postfix), or is a persona file. Instead,
    ``scenario`` can give the gateway with its policies, mailboxes and DNS: it is given as to ``lab.run``, and may be an
    imported log. If it has several gateways, ``name`` is the name or a domain of one. Files are relative to ``root``.

    ``host`` is an address of this machine, such as "::1". With ``lmtp`` the gateway speaks LMTP (RFC 2033).

    The socket listens as soon as the gateway exists. Connections are served from the first use of ``port``: in the
    event loop that runs at that moment, if ``may_join`` allows it; otherwise, or with ``thread``, in a thread.

    The gateway has its own clock. It starts on 2 March 2026, 08:00 UTC, or when the scenario starts. Only ``let_pass``
    advances it, and policies that make clients wait: the test does not.

    Raises:
        InputError: The persona or scenario is not valid, or the host is not an address of this machine.
    """

    host: str
    """The address to connect to."""

    def __init__(
        self,
        persona: str | Path | None = None,
        *,
        scenario: Scenario | None = None,
        name: str | None = None,
        host: str = "127.0.0.1",
        lmtp: bool = False,
        thread: bool = False,
        root: Path = Path(),
        may_join: Callable[[], bool] = lambda: True,
        ca_file: Path | None = None,
    ) -> None:
        self.ca_file = ca_file
        self._rules = GatewayRules(time.monotonic)
        self._record = GatewayRecord()
        self._logins = LoginRules()
        given = Given(self._rules, self._record, self._logins, lmtp)
        self._tested = open_gateway(persona, scenario, name, root, given)
        self._reports = ReportWriter(self._tested.gateway, self._record)
        self.host = host
        self._listener = _listen(self._tested, host)
        self._thread = thread
        self._may_join = may_join

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.check()
        if kind is None:
            self.assert_rules_applied()

    def __repr__(self) -> str:
        record, port = self._record, self._listener.port
        return f"<gateway at {self.host} port {port}: {len(record.messages)} received, {len(record.refused)} refused>"

    @property
    def port(self) -> int:
        """The port to connect to."""
        self._listener.start(in_loop=not self._thread and self._may_join())
        return self._listener.port

    @property
    def truth(self) -> tuple[Truth, ...]:
        """Every decision of the gateway, oldest first: the recipient, the fate, the cause and the reply."""
        return tuple(self._record.truth)

    @property
    def messages(self) -> tuple[ReceivedMessage, ...]:
        """The accepted messages, oldest first."""
        return tuple(self._record.messages)

    @property
    def returned(self) -> tuple[bytes, ...]:
        """The delivery reports, complaints and vacation replies that a scenario's gateway sends back, oldest first."""
        return tuple(report.content.encode("latin-1") for report in self._tested.returned)

    def refuse(
        self,
        recipient: Addresses | None = None,
        *,
        cause: str = "policy",
        claims: str | None = None,
        reply: str | None = None,
        **when: Unpack[When],
    ) -> GatewayRule:
        """From now on, refuse every recipient or message that meets all the given conditions, until ``lift``.

        Args:
            recipient: Addresses, or domains with or without ``@``; ``*`` matches any text.
            cause: The true reason. It is written to ``truth``, and selects the persona's reply.
            claims: The reason that the reply gives instead of the true one.
            reply: The reply to send, such as "550 5.1.1 no", instead of the persona's; also as it stands in a bounce.
                Its code decides whether the refusal is permanent or temporary.
            when: Further conditions: see ``When``.

        Raises:
            InputError: An argument is not valid.
        """
        said = {"cause": None if cause == "policy" else cause, "claims": claims, "reply": reply}
        return self._add("refuse", recipient, when, refusal_of("refuse", cause, claims, reply), **said)

    def cut(self, recipient: Addresses | None = None, **when: Unpack[When]) -> GatewayRule:
        """From now on, close the connection without a reply where all the given conditions hold; see ``refuse``."""
        return self._add("cut", recipient, when, Disconnect(Cause.SYSTEM))

    def hang(self, recipient: Addresses | None = None, **when: Unpack[When]) -> GatewayRule:
        """From now on, never reply where all the given conditions hold, until the client closes the connection."""
        return self._add("hang", recipient, when, RealWait(math.inf))

    def delay(self, duration: str, recipient: Addresses | None = None, **when: Unpack[When]) -> GatewayRule:
        """From now on, reply so much later, such as "200ms", where all the given conditions hold; see ``refuse``.

        The test waits for it: this is real time.
        """
        wait = RealWait(read_argument("delay(duration", duration, parse_duration))
        return self._add("delay", recipient, when, wait, duration=duration)

    def report(
        self,
        recipient: Addresses,
        *,
        cause: str | None = None,
        claims: str | None = None,
        reply: str | None = None,
        layout: str | None = None,
        sender: str | None = None,
        message: Original | None = None,
    ) -> bytes:
        """Return a delivery report about a recipient, or several, for the code that reads bounces.

        Args:
            recipient: Addresses that mail was sent to.
            cause: The true reason, which selects the words. Default: as the gateway refused the recipient last, else
                ``user-unknown``.
            claims: The reason that the report gives instead of the true one.
            reply: The reply to report instead, as in ``refuse``.
            layout: The vendor whose report it is, such as "exchange-online" or "exim", who got the reply from the
                gateway. Default: the gateway accepted the message, and reports in its own layout.
            sender: The return-path, to which the report goes. Default: that of the message.
            message: The message that is returned. Default: the last one that was received for the recipient.

        Raises:
            InputError: An argument is not valid.
        """
        said = cause or claims or reply
        verdict = refusal_of("report", cause or "user-unknown", claims, reply) if said else None
        recipients = read_argument("report(recipient", recipient, recipients_of)
        return_path = None if sender is None else read_argument("report(sender", sender, read_addresses)[0]
        return self._reports.write(recipients, verdict=verdict, layout=layout, sender=return_path, message=message)

    def _add(
        self, method: str, recipient: Addresses | None, when: When, outcome: Outcome, **said: object
    ) -> GatewayRule:
        given = recipient if recipient is None or isinstance(recipient, str) else tuple(recipient)
        conditions = read_conditions(method, given, when)
        told = called(method, given, **said, **when)
        return self._rules.add(told, conditions, outcome, optional=when.get("optional", False))

    @property
    def logins(self) -> tuple[LoginAttempt, ...]:
        """Every login, oldest first: the mechanism, the user, and whether it was accepted."""
        return tuple(self._logins.attempts)

    @property
    def tls_context(self) -> ssl.SSLContext:
        """A context for clients that verifies the gateway's certificate."""
        return ssl.create_default_context(cadata=authority().pem.decode())

    def require_login(self, accounts: Mapping[str, str] | None = None, *, tls: bool = False) -> None:
        """From now on, refuse MAIL before a login (530, RFC 4954 section 6), as a submission port does.

        With ``accounts``, passwords or tokens by user, any other login is refused (535). Without it, every login is
        accepted. With ``tls``, a login is offered and accepted only after STARTTLS, or with TLS from the start (538).
        """
        self._logins.required = True
        self._logins.needs_tls = tls
        self._logins.accounts = None if accounts is None else dict(accounts)

    def refuse_login(
        self, reply: str = "535 5.7.8 Authentication credentials invalid", *, attempts: int | None = None
    ) -> GatewayRule:
        """From now on, refuse every login with a reply, or only so many, until ``lift``.

        A throttled login is refused with "454 4.7.0 Temporary authentication failure", say.

        Raises:
            InputError: The reply is not one that refuses, or ``attempts`` is not a number of attempts.
        """
        place = f"gateway.refuse_login(reply={reply!r})"
        refusal = read_reply(reply, place).plain
        if refusal is None:
            raise InputError(place, "has a field in braces", "write the reply as it is sent")
        rule = LoginRefusal(place, refusal, attempts_of("refuse_login", attempts))
        self._logins.refusals.append(rule)
        return rule

    def mailbox(self, address: str, *, state: str = "present") -> None:
        """Set the state of a mailbox, or of all other mailboxes of a domain (``*@acme.example``).

        ``state`` is present, full, departed or disabled. Mailboxes without a state are present.

        Raises:
            InputError: The address or the state is not valid.
        """
        self._tested.gateway.directory.states[mailbox_of(address)] = state_of(state)

    def let_pass(self, duration: str) -> None:
        """Advance the gateway's clock by a duration such as "5m"; the test does not wait. Raises InputError."""
        self._tested.clock.pass_by(read_argument("let_pass(duration", duration, parse_duration))

    def assert_received(
        self,
        *,
        recipient: Addresses | None = None,
        sender: Addresses | None = None,
        subject: str | None = None,
        content: str | None = None,
        count: int | None = None,
    ) -> tuple[ReceivedMessage, ...]:
        """Return the accepted messages that meet all the given conditions; fail if there are none.

        ``recipient``, ``sender`` and ``content`` are given as in ``refuse``. In ``subject``, ``*`` matches any text.
        With ``count``, fail unless exactly so many messages match.

        Raises:
            AssertionError: The text lists what was received and refused.
            Exception: An error inside the gateway, see ``check``.
        """
        self.check()
        searched = None if content is None else (content, read_argument("assert_received(content", content, compiled))
        criteria = matching.message_criteria(
            addresses_of("assert_received(recipient", recipient),
            addresses_of("assert_received(sender", sender),
            subject,
            searched,
        )
        found = matching.matching(self._record.messages, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(matching.missing_message(self._record, criteria, count)))
        return tuple(found)

    def assert_refused(
        self,
        *,
        recipient: Addresses | None = None,
        sender: Addresses | None = None,
        client: str | None = None,
        cause: str | None = None,
        claimed: str | None = None,
        code: int | None = None,
        enhanced: str | None = None,
        text: str | None = None,
        stage: str | None = None,
        count: int | None = None,
    ) -> tuple[Truth, ...]:
        """Return the refusals, permanent and temporary, that meet all the given conditions; fail if there are none.

        In text conditions, ``*`` matches any text. With ``count``, fail unless exactly so many refusals match.

        Raises:
            AssertionError: The text lists what was refused and received.
            Exception: An error inside the gateway, see ``check``.
        """
        self.check()
        criteria = matching.refusal_criteria(
            recipient=addresses_of("assert_refused(recipient", recipient),
            return_path=addresses_of("assert_refused(sender", sender),
            peer_address=client,
            cause=None if cause is None else cause_of(cause, "assert_refused(cause"),
            claimed=None if claimed is None else cause_of(claimed, "assert_refused(claimed"),
            code=code,
            enhanced=enhanced,
            text=text,
            stage=None if stage is None else stage_of(stage, "assert_refused(stage"),
        )
        found = matching.matching(self._record.refused, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(matching.missing_refusal(self._record, criteria, count, self._rules.missed)))
        return tuple(found)

    def assert_nothing_received(self) -> None:
        """Fail if any message was accepted.

        Raises:
            AssertionError: The text lists what was received.
            Exception: An error inside the gateway, see ``check``.
        """
        self.check()
        if self._record.messages:
            raise AssertionError(harmless(matching.unexpected_messages(self._record)))

    def assert_rules_applied(self) -> None:
        """Fail if there is a rule that never applied; the end of a test that passed does this, too.

        Raises:
            AssertionError: The text lists the rules, and what the gateway heard instead.
        """
        if self._rules.missed:
            raise AssertionError(harmless(matching.missed_rules(self._record, self._rules.missed)))

    def check(self) -> None:
        """Raise the oldest error inside the gateway that was not raised yet, if there is one."""
        if self._listener.faults:
            raise self._listener.faults.pop(0)

    def close(self) -> None:
        """Close all connections and stop listening. ``truth`` and ``messages`` remain readable."""
        self._listener.close()


def _listen(tested: TestedGateway, host: str) -> GatewayListener:
    """Listen at an address of this machine; raises InputError."""
    place, remedy = f"gateway(host={host!r})", 'use "127.0.0.1", or "::1" where the machine has IPv6'
    try:
        require_inside(host)
        return GatewayListener(tested.gateway, host, tested.answer_query, lambda: context_of(host))
    except OutsideError:
        raise InputError(place, "is not an IP address of this machine's loopback", remedy) from None
    except OSError as error:
        raise InputError(place, f"cannot be listened at ({error.strerror})", remedy) from None
