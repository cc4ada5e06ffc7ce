"""Refuse clients by their names: no PTR record, one that does not lead back to the address, a bad HELO name."""

from __future__ import annotations

import ipaddress
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from fake_gateways.dns.zone import parse_domain
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.strict import InvalidValueError
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse

Test = Literal["ptr", "forward-confirmed", "helo-fqdn", "helo-resolves", "helo-not-ours"]


class ClientNameSettings(Settings):
    """The tests that a client must pass (postconf(5), ``reject_unknown_client_hostname``; RFC 8601 section 2.7.3).

    ``ptr``: the client's address has a PTR record. ``forward-confirmed``: the name in it resolves to that address.
    ``helo-fqdn``: the HELO name is a full domain name or an address literal. ``helo-resolves``: the HELO name has an
    address. ``helo-not-ours``: the HELO name is not in one of the company's own domains.
    """

    nature: ClassVar = Nature(
        causes=(Cause.POLICY,),
        stages=frozenset({Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT}),
        usual=Stage.RCPT,
    )

    type: Literal["client-name"]
    require: tuple[Test, ...] = Field(default=("ptr",), min_length=1)

    @model_validator(mode="after")
    def _name_is_known(self) -> Self:
        if self.at is Stage.CONNECT and any(test.startswith("helo") for test in self.require):
            raise InvalidValueError(
                "the helo tests need a HELO name, which is not known at connect",
                "set at to ehlo, or leave the helo tests out",
            )
        return self

    def begin(self) -> ClientName:
        """Return the policy."""
        return ClientName(self)


class ClientName:
    """Runs the tests in order. A test passes if the nameserver does not answer."""

    def __init__(self, settings: ClientNameSettings) -> None:
        self._settings = settings

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a client that fails a test."""
        for test in self._settings.require:
            outcome = self._passes(test, view)
            if isinstance(outcome, Question):
                return outcome
            if not outcome:
                return Refuse(Cause.POLICY)
        return None

    def _passes(self, test: Test, view: SessionView) -> bool | Question:
        match test:
            case "ptr":
                return _has_name(view)
            case "forward-confirmed":
                return _is_confirmed(view)
            case "helo-fqdn":
                return view.helo.startswith("[") or _is_domain(view.helo)
            case "helo-resolves":
                return view.helo.startswith("[") or not _is_domain(view.helo) or _resolves(view, view.helo)
            case "helo-not-ours":
                return view.helo.lower() not in view.directory.domains


def _names(view: SessionView) -> tuple[str, ...] | Question:
    pointer = Question(ipaddress.ip_address(view.peer_address).reverse_pointer, "PTR")
    answer = view.answer_about_client(pointer)
    return pointer if answer is None else answer.records


def _has_name(view: SessionView) -> bool | Question:
    names = _names(view)
    return names if isinstance(names, Question) else bool(names)


def _is_confirmed(view: SessionView) -> bool | Question:
    names = _names(view)
    if isinstance(names, Question):
        return names
    for name in names:
        question = Question(name.rstrip("."), _address_kind(view))
        answer = view.answer(question)
        if answer is None:
            return question
        if answer.failed or view.peer_address in answer.records:
            return True
    return False


def _resolves(view: SessionView, name: str) -> bool | Question:
    for kind in ("A", "AAAA"):
        question = Question(name.lower(), kind)
        answer = view.answer(question)
        if answer is None:
            return question
        if answer.failed or answer.records:
            return True
    return False


def _address_kind(view: SessionView) -> str:
    return "AAAA" if ":" in view.peer_address else "A"


def _is_domain(text: str) -> bool:
    try:
        parse_domain(text)
    except ValueError:
        return False
    return True
