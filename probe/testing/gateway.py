"""The gateway of a test: refuses what it is told to, and shows what came."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from operator import methodcaller
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self

from pydantic import ValidationError

from fake_gateways.clock import VirtualClock
from fake_gateways.people.directory import MailboxState
from fake_gateways.persona import Persona
from fake_gateways.policies.content import compiled
from fake_gateways.smtp.envelope import BEFORE_MAIL, BEFORE_RCPT, Stage, is_address
from fake_gateways.truth import Cause, Truth
from fake_gateways.units import parse_duration, parse_rate
from fake_gateways.verdict import Refuse
from fake_gateways.wording import Wording
from probe.harmless import harmless
from probe.input_error import InputError
from probe.scenario.load import load_persona
from probe.testing import matching as sought
from probe.testing.listener import HOST, Served
from probe.testing.recorded import Books, Message
from probe.testing.rules import STARTS, Rule, Told, ToldGateway

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""pytest shows where the test stood, not what stands here."""

_REPLY: Final = re.compile(r"([45]\d\d) +(?:([245]\.\d{1,3}\.\d{1,3}) +)?(\S.*)", re.DOTALL)
_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.REPORT)

StageName = Literal["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"]


class MakeGateway(Protocol):
    """Makes gateways that live as long as the test."""

    def __call__(self, persona: str = "postfix", *, thread: bool = False) -> GatewayFixture:
        """Make one more."""
        ...


class GatewayFixture:
    """A mail gateway on a free port of 127.0.0.1 that takes whatever it was not told to refuse.

    ``persona`` is the vendor in whose words it speaks, or a file of one's own. It listens from the beginning, and
    answers from the moment when somebody asks for ``port``: within the event loop that is running then, if ``may_join``
    says so, otherwise, or with ``thread``, in a thread. Its clock begins on 2 March 2026 and stands still until
    ``let_pass``. Raises InputError for an unknown persona.
    """

    def __init__(
        self, persona: str = "postfix", *, thread: bool = False, may_join: Callable[[], bool] = lambda: True
    ) -> None:
        self._clock = VirtualClock(STARTS)
        self._told = Told()
        self._books = Books()
        self._gateway = ToldGateway(self._told, self._books, _vendor(persona), self._clock)
        self._served = Served(self._gateway, self._clock)
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
        books, port = self._books, self._served.port
        return f"<gateway at {HOST} port {port}: {len(books.messages)} received, {len(books.refused)} refused>"

    @property
    def host(self) -> str:
        """The address to connect to."""
        return HOST

    @property
    def port(self) -> int:
        """The port to connect to."""
        self._served.answer(in_loop=not self._thread and self._may_join())
        return self._served.port

    @property
    def truth(self) -> tuple[Truth, ...]:
        """Every decision in the order it was taken: what was decided about whom, why, and what was said."""
        return tuple(self._books.truth)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that were taken, in the order they came."""
        return tuple(self._books.messages)

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
        """Refuse whatever meets all of the conditions given, from now on.

        In ``recipient`` and ``sender`` (the return-path, "" the null one) ``*`` stands for anything. ``client`` is an
        IP address or a network, ``content`` an expression (RE2, any case) searched for in the message. ``rate`` such as
        "5/1m" lets five in a minute pass and refuses the rest; ``attempts`` refuses the first so many for each
        recipient and takes those after.

        ``cause`` is why, and goes into the truth; ``claims`` is the cause that is told in its place. What is said are
        the persona's words for it, or ``reply`` such as "550 5.1.1 no". Whether that is for good or for now lies in the
        code. It is said at RCPT, for ``content`` behind the message, or at another stage (``at``). Raises InputError.
        """
        stage = _stage(at or ("rcpt" if content is None else "end-of-data"))
        if recipient is not None and stage in BEFORE_RCPT:
            problem = f"nobody knows the recipient at {stage}"
            raise InputError("gateway.refuse(recipient=...)", problem, "move at to rcpt, data or end-of-data")
        if sender is not None and stage in BEFORE_MAIL:
            raise InputError("gateway.refuse(sender=...)", f"nobody knows the sender at {stage}", "move at to mail")
        if content is not None and stage is not Stage.END_OF_DATA:
            problem = f"nobody knows the content at {stage}"
            raise InputError("gateway.refuse(content=...)", problem, "move at to end-of-data, or leave it out")
        if attempts is not None and (not isinstance(attempts, int) or attempts < 1):
            raise InputError(f"gateway.refuse(attempts={attempts!r})", "is no number of attempts", "give 1 or more")
        verdict = Refuse(
            _cause("cause", cause),
            claimed=None if claims is None else _cause("claims", claims),
            wording=None if reply is None else _wording(reply),
        )
        self._told.add(
            Rule(
                verdict,
                stage,
                recipient,
                sender,
                None if client is None else _read("refuse(client", client, ipaddress.ip_network, _A_CLIENT),
                None if content is None else _read("refuse(content", content, compiled),
                None if rate is None else _read("refuse(rate", rate, parse_rate),
                attempts,
            )
        )

    def mailbox(self, address: str, *, state: str = "present") -> None:
        """Say what has become of a mailbox, or of all in a domain (``*@acme.example``); all others are present.

        ``state`` is present, full, departed or disabled. Raises InputError.
        """
        if not is_address(f"anybody{address[1:]}" if address.startswith("*@") else address):
            problem, remedy = "is no address", "write for example ann@acme.example or *@acme.example"
            raise InputError(f"gateway.mailbox({address!r})", problem, remedy)
        if state not in set(MailboxState):
            known = ", ".join(MailboxState)
            raise InputError(f"gateway.mailbox(state={state!r})", "is no state of a mailbox", f"use one of: {known}")
        self._gateway.directory.states[address.lower()] = MailboxState(state)

    def let_pass(self, duration: str) -> None:
        """Let time pass on the gateway's clock, such as "5m", which costs none. Raises InputError."""
        self._clock.pass_by(_read("let_pass(duration", duration, parse_duration))

    def assert_received(
        self,
        *,
        recipient: str | None = None,
        sender: str | None = None,
        subject: str | None = None,
        content: str | None = None,
        count: int | None = None,
    ) -> tuple[Message, ...]:
        """Return the messages taken that are as wanted: at least one, or ``count``. Otherwise fail and say what came.

        In ``recipient``, ``sender`` and ``subject`` ``*`` stands for anything; ``content`` is searched for as by
        ``refuse``. Raises AssertionError, and whatever went wrong inside the gateway.
        """
        self.check()
        searched = None if content is None else (content, _read("assert_received(content", content, compiled))
        criteria = sought.messages_with(recipient, sender, subject, searched)
        found = sought.matching(self._books.messages, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(sought.no_message(self._books, criteria, count)))
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
        """Return the refusals, for good or for now, that are as wanted: at least one, or ``count``. Otherwise fail.

        In texts ``*`` stands for anything. Raises AssertionError, and whatever went wrong inside the gateway.
        """
        self.check()
        criteria = sought.refusals_with(
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
        found = sought.matching(self._books.refused, criteria)
        if not found if count is None else len(found) != count:
            raise AssertionError(harmless(sought.no_refusal(self._books, criteria, count)))
        return tuple(found)

    def assert_nothing_received(self) -> None:
        """Fail if any message was taken. Raises AssertionError, and whatever went wrong inside the gateway."""
        self.check()
        if self._books.messages:
            raise AssertionError(harmless(sought.not_nothing(self._books)))

    def check(self) -> None:
        """Raise what went wrong inside the gateway, if anything did; each error once."""
        if self._served.faults:
            raise self._served.faults.pop(0)

    def close(self) -> None:
        """Hang up on everybody. The books stay."""
        self._served.close()


_A_CLIENT: Final = "write for example 127.0.0.1 or 127.10.0.0/24"


def _vendor(persona: str) -> Persona:
    try:
        return load_persona(persona, f"gateway(persona={persona!r})")
    except InputError as error:
        raise error.with_traceback(None) from None


def _read(place: str, value: Any, read: Callable[[Any], Any], remedy: str = "") -> Any:
    """Read a value as its unit is written; raises InputError."""
    try:
        return read(value)
    except ValueError as error:
        problem, _, advice = str(error).partition("; ")
        raise InputError(f"gateway.{place}=...)", problem, remedy or advice) from None


def _stage(name: str, place: str = "refuse(at") -> Stage:
    if name not in _STAGES:
        known = ", ".join(_STAGES)
        raise InputError(f"gateway.{place}={name!r})", "is no stage of the dialogue", f"use one of: {known}")
    return Stage(name)


def _cause(keyword: str, name: str, method: str = "refuse") -> Cause:
    if name not in set(Cause):
        raise InputError(f"gateway.{method}({keyword}={name!r})", "is no cause", f"use one of: {', '.join(Cause)}")
    return Cause(name)


def _wording(reply: str) -> Wording:
    """Read a reply as it is written on the wire, its continuation lines without code; raises InputError."""
    place = f"gateway.refuse(reply={reply!r})"
    found = _REPLY.fullmatch(reply)
    if found is None:
        raise InputError(place, "is no reply that refuses", 'write for example "550 5.1.1 No such user"')
    try:
        return Wording(code=int(found[1]), enhanced=found[2], text=found[3])
    except ValidationError as error:
        problem, _, remedy = error.errors()[0]["msg"].removeprefix("Value error, ").partition("; ")
        raise InputError(place, problem, remedy or "correct it") from None
