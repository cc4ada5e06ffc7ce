"""The ``gateway`` fixture: a mail gateway that refuses what a test says, and shows what it received."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from operator import methodcaller
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self

from pydantic import ValidationError

from fake_gateways.clock import VirtualClock
from fake_gateways.people.directory import MailboxState
from fake_gateways.persona import Persona
from fake_gateways.policies.content import compiled
from fake_gateways.smtp.envelope import BEFORE_MAIL, BEFORE_RCPT, Stage, is_address
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause, Truth
from fake_gateways.units import parse_duration, parse_rate
from fake_gateways.verdict import Refuse
from fake_gateways.wording import Wording
from probe.harmless import harmless
from probe.input_error import InputError
from probe.scenario.load import load_persona
from probe.testing import matching
from probe.testing.listener import HOST, GatewayListener
from probe.testing.logins import LoginAttempt, LoginRules
from probe.testing.recorded import GatewayRecord, ReceivedMessage
from probe.testing.rules import STARTS, RefusalRule, RefusalRules, RuleGateway
from probe.testing.tls_file import authority
from probe.validation_errors import first_mistake, problem_and_remedy

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""

_REPLY: Final = re.compile(r"([45]\d\d) +(?:([245]\.\d{1,3}\.\d{1,3}) +)?(\S.*)", re.DOTALL)
_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.REPORT)

StageName = Literal["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"]


class MakeGateway(Protocol):
    """The ``make_gateway`` fixture: creates gateways that are closed at the end of the test."""

    def __call__(self, persona: str = "postfix", *, thread: bool = False) -> GatewayFixture:
        """Create one more gateway; the arguments are those of ``GatewayFixture``."""
        ...


class GatewayFixture:
    """A mail gateway on a free port of 127.0.0.1 that accepts all mail except what a test told it to refuse.

    ``persona`` names the vendor whose replies the gateway uses, or a persona file.

    The socket listens as soon as the gateway exists. Connections are served from the first use of ``port``: in the
    event loop that runs at that moment, if ``may_join`` allows it; otherwise, or with ``thread``, in a thread.

    The gateway has its own clock. It starts on 2 March 2026, 08:00 UTC, and only ``let_pass`` advances it.

    Raises:
        InputError: The persona does not exist.
    """

    def __init__(
        self,
        persona: str = "postfix",
        *,
        thread: bool = False,
        may_join: Callable[[], bool] = lambda: True,
        ca_file: Path | None = None,
    ) -> None:
        self.ca_file = ca_file
        self._clock = VirtualClock(STARTS)
        self._rules = RefusalRules()
        self._record = GatewayRecord()
        self._logins = LoginRules()
        self._gateway = RuleGateway(self._rules, self._record, _load_persona(persona), self._clock, self._logins.login)
        self._listener = GatewayListener(self._gateway, self._clock, lambda: authority().context)
        self._thread = thread
        self._may_join = may_join

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.check()

    def __repr__(self) -> str:
        record, port = self._record, self._listener.port
        return f"<gateway at {HOST} port {port}: {len(record.messages)} received, {len(record.refused)} refused>"

    @property
    def host(self) -> str:
        """The address to connect to."""
        return HOST

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

    def refuse(
        self,
        recipient: str | None = None,
        *,
        sender: str | None = None,
        client: str | None = None,
        content: str | None = None,
        rate: str | None = None,
        attempts: int | None = None,
        cause: str = "policy",
        claims: str | None = None,
        reply: str | None = None,
        at: StageName | None = None,
    ) -> None:
        """From now on, refuse every recipient or message that meets all the given conditions.

        Args:
            recipient: A recipient address; ``*`` matches any text.
            sender: A return-path; ``*`` matches any text, "" is the null return-path.
            client: The client's IP address, or a network.
            content: A regular expression (RE2, ignoring case) to search for in the message.
            rate: A limit such as "5/1m": five per minute are accepted, the others are refused.
            attempts: How many attempts to refuse per recipient; later attempts are accepted.
            cause: The true reason. It is written to ``truth``, and selects the persona's reply.
            claims: The reason that the reply gives instead of the true one.
            reply: The reply to send, such as "550 5.1.1 no", instead of the persona's. Its code decides whether the
                refusal is permanent or temporary.
            at: The stage at which to refuse. Default: ``rcpt``, or ``end-of-data`` with ``content``.

        Raises:
            InputError: An argument is not valid.
        """
        stage = _stage(at or ("rcpt" if content is None else "end-of-data"))
        if recipient is not None and stage in BEFORE_RCPT:
            problem = f"the recipient is not known yet at {stage}"
            raise InputError("gateway.refuse(recipient=...)", problem, "set at to rcpt, data or end-of-data")
        if sender is not None and stage in BEFORE_MAIL:
            raise InputError("gateway.refuse(sender=...)", f"the sender is not known yet at {stage}", "set at to mail")
        if content is not None and stage is not Stage.END_OF_DATA:
            problem = f"the content is not known yet at {stage}"
            raise InputError("gateway.refuse(content=...)", problem, "set at to end-of-data, or omit it")
        if attempts is not None and (not isinstance(attempts, int) or attempts < 1):
            raise InputError(f"gateway.refuse(attempts={attempts!r})", "is not a number of attempts", "give 1 or more")
        verdict = Refuse(
            _cause("cause", cause),
            claimed=None if claims is None else _cause("claims", claims),
            wording=None if reply is None else _wording(reply),
        )
        self._rules.add(
            RefusalRule(
                verdict=verdict,
                stage=stage,
                recipient=recipient,
                sender=sender,
                client=None if client is None else _read("refuse(client", client, ipaddress.ip_network, _A_CLIENT),
                content=None if content is None else _read("refuse(content", content, compiled),
                rate=None if rate is None else _read("refuse(rate", rate, parse_rate),
                attempts=attempts,
            )
        )

    @property
    def logins(self) -> tuple[LoginAttempt, ...]:
        """Every login, oldest first: the mechanism, the user, and whether it was accepted."""
        return tuple(self._logins.attempts)

    @property
    def tls_context(self) -> ssl.SSLContext:
        """A context for clients that verifies the gateway's certificate."""
        return ssl.create_default_context(cadata=authority().pem.decode())

    def require_login(self, accounts: Mapping[str, str] | None = None) -> None:
        """From now on, refuse MAIL before a login (530, RFC 4954 section 6).

        With ``accounts``, passwords or tokens by user, any other login is refused (535). Without it, every login is
        accepted.
        """
        self._logins.required = True
        self._logins.accounts = None if accounts is None else dict(accounts)

    def refuse_login(self, reply: str = "535 5.7.8 Authentication credentials invalid") -> None:
        """From now on, refuse every login with a reply, such as "454 4.7.0 Temporary authentication failure".

        Raises:
            InputError: The reply is not one that refuses.
        """
        place = f"gateway.refuse_login(reply={reply!r})"
        refusal = _wording(reply, place).plain
        if refusal is None:
            raise InputError(place, "has a field in braces", "write the reply as it is sent")
        self._logins.refusal = refusal

    def mailbox(self, address: str, *, state: str = "present") -> None:
        """Set the state of a mailbox, or of all other mailboxes of a domain (``*@acme.example``).

        ``state`` is present, full, departed or disabled. Mailboxes without a state are present.

        Raises:
            InputError: The address or the state is not valid.
        """
        if not is_address(f"any{address[1:]}" if address.startswith("*@") else address):
            problem, remedy = "is not a valid address", "write for example ann@acme.example or *@acme.example"
            raise InputError(f"gateway.mailbox({address!r})", problem, remedy)
        if state not in set(MailboxState):
            known = ", ".join(MailboxState)
            raise InputError(f"gateway.mailbox(state={state!r})", "is not a state of a mailbox", f"use one of: {known}")
        self._gateway.directory.states[address.lower()] = MailboxState(state)

    def let_pass(self, duration: str) -> None:
        """Advance the gateway's clock by a duration such as "5m"; the test does not wait. Raises InputError."""
        self._clock.pass_by(_read("let_pass(duration", duration, parse_duration))

    def assert_received(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        content: str | None = None,
        count: int | None = None,
    ) -> tuple[ReceivedMessage, ...]:
        """Return the accepted messages that meet all the given conditions; fail if there are none.

        In ``recipient``, ``sender`` and ``subject``, ``*`` matches any text. ``content`` is a regular expression, as in
        ``refuse``. With ``count``, fail unless exactly so many messages match.

        Raises:
            AssertionError: The text lists what was received and refused.
            Exception: An error inside the gateway, see ``check``.
        """
        self.check()
        searched = None if content is None else (content, _read("assert_received(content", content, compiled))
        criteria = matching.message_criteria(recipient, sender, subject, searched)
        found = matching.matching(self._record.messages, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(matching.missing_message(self._record, criteria, count)))
        return tuple(found)

    def assert_refused(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
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
            recipient=recipient,
            return_path=sender,
            peer_address=client,
            cause=None if cause is None else _cause("cause", cause, "assert_refused"),
            claimed=None if claimed is None else _cause("claimed", claimed, "assert_refused"),
            code=code,
            enhanced=enhanced,
            text=text,
            stage=None if stage is None else _stage(stage, "assert_refused(stage"),
        )
        found = matching.matching(self._record.refused, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(matching.missing_refusal(self._record, criteria, count)))
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

    def check(self) -> None:
        """Raise the oldest error inside the gateway that was not raised yet, if there is one."""
        if self._listener.faults:
            raise self._listener.faults.pop(0)

    def close(self) -> None:
        """Close all connections and stop listening. ``truth`` and ``messages`` remain readable."""
        self._listener.close()


_A_CLIENT: Final = "write for example 127.0.0.1 or 127.10.0.0/24"


def _load_persona(persona: str) -> Persona:
    try:
        return load_persona(persona, f"gateway(persona={persona!r})")
    except InputError as error:
        raise error.with_traceback(None) from None


def _read(place: str, value: Any, read: Callable[[Any], Any], remedy: str = "") -> Any:
    """Parse an argument with ``read``; raises InputError for its ValueError."""
    try:
        return read(value)
    except InvalidValueError as error:
        raise InputError(f"gateway.{place}=...)", error.problem, remedy or error.remedy) from None
    except ValueError as error:
        raise InputError(f"gateway.{place}=...)", str(error), remedy) from None


def _stage(name: str, place: str = "refuse(at") -> Stage:
    if name not in _STAGES:
        known = ", ".join(_STAGES)
        raise InputError(f"gateway.{place}={name!r})", "is not a stage of the dialogue", f"use one of: {known}")
    return Stage(name)


def _cause(keyword: str, name: str, method: str = "refuse") -> Cause:
    if name not in set(Cause):
        raise InputError(f"gateway.{method}({keyword}={name!r})", "is not a cause", f"use one of: {', '.join(Cause)}")
    return Cause(name)


def _wording(reply: str, place: str = "") -> Wording:
    """Parse a reply as it is sent, except that continuation lines have no code; raises InputError."""
    place = place or f"gateway.refuse(reply={reply!r})"
    found = _REPLY.fullmatch(reply)
    if found is None:
        raise InputError(
            place, "is not a reply that refuses (4xx or 5xx)", 'write for example "550 5.1.1 No such user"'
        )
    try:
        return Wording(code=int(found[1]), enhanced=found[2], text=found[3])
    except ValidationError as error:
        raise InputError(place, *problem_and_remedy(first_mistake(error))) from None
