"""Reads the arguments of a gateway's methods; every mistake is an InputError with place and remedy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from operator import methodcaller
from typing import Any, Final, Literal, TypedDict

from fake_gateways.people.directory import MailboxState
from fake_gateways.policies.content import compiled
from fake_gateways.smtp.envelope import BEFORE_MAIL, BEFORE_RCPT, Stage, is_address
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.units import parse_duration, parse_rate
from fake_gateways.verdict import Refuse
from probe.input_error import InputError, one_of
from probe.testing.patterns import read_addresses
from probe.testing.rules import Conditions
from probe.testing.told_reply import read_reply

__tracebackhide__ = methodcaller("errisinstance", InputError)
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""

StageName = Literal["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"]
Addresses = str | Iterable[str]
"""An address or a domain, or several."""

_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.REPORT)
_CLIENT: Final = "write for example 127.0.0.1 or 127.10.0.0/24"
_ADDRESS: Final = "write for example ann@acme.example or *@acme.example"


class When(TypedDict, total=False):
    """When a rule applies, besides its recipients: all conditions must hold.

    Attributes:
        sender: Return-paths, given like recipients; "" is the null return-path.
        client: The client's IP address, or a network.
        content: A regular expression (RE2, ignoring case) to search for in the message.
        rate: A limit such as "5/1m": the rule applies to everything beyond it.
        attempts: The rule applies to so many attempts per recipient; later ones pass.
        wait: The rule applies until so long after the first attempt of a client, sender and recipient; later attempts
            pass. The time of ``let_pass`` counts, and so does real time.
        at: The stage at which it applies. Default: ``rcpt``, or ``end-of-data`` with ``content``.
        optional: Whether the test may end without a case for the rule.
    """

    sender: Addresses | None
    client: str | None
    content: str | None
    rate: str | None
    attempts: int | None
    wait: str | None
    at: StageName | None
    optional: bool


def read_conditions(method: str, recipient: Addresses | None, when: When) -> Conditions:
    """Return the conditions of a rule; raises InputError."""
    known = When.__annotations__
    unknown = next((name for name in when if name not in known), None)
    if unknown is not None:
        raise InputError(f"gateway.{method}({unknown}=...)", "is not an argument", one_of(unknown, known))
    sender, content = when.get("sender"), when.get("content")
    stage = stage_of(when.get("at") or ("rcpt" if content is None else "end-of-data"), f"{method}(at")
    if recipient is not None and stage in BEFORE_RCPT:
        problem = f"the recipient is not known yet at {stage}"
        raise InputError(f"gateway.{method}(recipient=...)", problem, "set at to rcpt, data or end-of-data")
    if sender is not None and stage in BEFORE_MAIL:
        raise InputError(f"gateway.{method}(sender=...)", f"the sender is not known yet at {stage}", "set at to mail")
    if content is not None and stage is not Stage.END_OF_DATA:
        problem = f"the content is not known yet at {stage}"
        raise InputError(f"gateway.{method}(content=...)", problem, "set at to end-of-data, or omit it")

    def optionally(name: str, read: Callable[[Any], Any], remedy: str = "") -> Any:
        value = when.get(name)
        return None if value is None else read_argument(f"{method}({name}", value, read, remedy)

    return Conditions(
        stage=stage,
        recipients=None if recipient is None else read_argument(f"{method}(recipient", recipient, recipients_of),
        senders=addresses_of(f"{method}(sender", sender),
        client=optionally("client", ipaddress.ip_network, _CLIENT),
        content=optionally("content", compiled),
        rate=optionally("rate", parse_rate),
        attempts=attempts_of(method, when.get("attempts")),
        wait_s=optionally("wait", parse_duration),
    )


def attempts_of(method: str, attempts: int | None) -> int | None:
    """Return a number of attempts, None for None; raises InputError."""
    if attempts is not None and (not isinstance(attempts, int) or attempts < 1):
        raise InputError(f"gateway.{method}(attempts={attempts!r})", "is not a number of attempts", "give 1 or more")
    return attempts


def called(method: str, recipient: Addresses | None, **arguments: object) -> str:
    """Return a call of one of the gateway's methods as a test writes it."""
    words = [] if recipient is None else [repr(recipient)]
    words += [f"{name}={value!r}" for name, value in arguments.items() if value is not None]
    return f"gateway.{method}({', '.join(words)})"


def recipients_of(given: Addresses) -> tuple[str, ...]:
    """Return patterns for recipients; raises InvalidValueError."""
    found = read_addresses(given)
    if "" in found:
        raise InvalidValueError("a recipient is never empty", _ADDRESS)
    return found


def addresses_of(place: str, given: Addresses | None) -> tuple[str, ...] | None:
    """Return patterns for addresses, None for None; raises InputError."""
    return None if given is None else read_argument(place, given, read_addresses)


def mailbox_of(address: str) -> str:
    """Return an address in lower case, or ``*@domain`` for all others of a domain; raises InputError."""
    try:
        (pattern,) = recipients_of(address)
    except ValueError:
        pattern = ""
    if "@" not in pattern or pattern.startswith("@"):
        pattern = f"*@{pattern.removeprefix('@')}"
    one = f"any{pattern[1:]}" if pattern.startswith("*@") else pattern
    if "*" in one or not is_address(one):
        raise InputError(f"gateway.mailbox({address!r})", "is not a valid address", _ADDRESS)
    return pattern.lower()


def state_of(name: str) -> MailboxState:
    """Return the state of a mailbox; raises InputError."""
    if name not in set(MailboxState):
        known = ", ".join(MailboxState)
        raise InputError(f"gateway.mailbox(state={name!r})", "is not a state of a mailbox", f"use one of: {known}")
    return MailboxState(name)


def read_argument(place: str, value: Any, read: Callable[[Any], Any], remedy: str = "") -> Any:
    """Parse an argument with ``read``; raises InputError for its ValueError."""
    try:
        return read(value)
    except InvalidValueError as error:
        raise InputError(f"gateway.{place}=...)", error.problem, remedy or error.remedy) from None
    except ValueError as error:
        raise InputError(f"gateway.{place}=...)", str(error), remedy) from None


def stage_of(name: str, place: str) -> Stage:
    """Return a stage of the dialogue; raises InputError."""
    if name not in _STAGES:
        known = ", ".join(_STAGES)
        raise InputError(f"gateway.{place}={name!r})", "is not a stage of the dialogue", f"use one of: {known}")
    return Stage(name)


def refusal_of(method: str, cause: str, claims: str | None, reply: str | None) -> Refuse:
    """Return the refusal for a cause, in words of its own or of another cause; raises InputError."""
    return Refuse(
        cause_of(cause, f"{method}(cause"),
        claimed=None if claims is None else cause_of(claims, f"{method}(claims"),
        wording=None if reply is None else read_reply(reply, f"gateway.{method}(reply={reply!r})"),
    )


def cause_of(name: str, place: str) -> Cause:
    """Return a cause; raises InputError."""
    if name not in set(Cause):
        raise InputError(f"gateway.{place}={name!r})", "is not a cause", f"use one of: {', '.join(Cause)}")
    return Cause(name)
