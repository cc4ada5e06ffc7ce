"""Public use of the pytest plugin, for mypy in its strict mode; nothing here is run."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import assert_type

import pytest

from probe import testing
from probe.testing import (
    Gate,
    GatewayFixture,
    GatewayRule,
    InputError,
    LabFixture,
    MakeGateway,
    ReceivedMessage,
    ScenarioRun,
    Scorecard,
    StageName,
    Truth,
)


@pytest.fixture(scope="session")
def company() -> Iterator[GatewayFixture]:
    with GatewayFixture("mimecast", thread=True) as gateway:
        yield gateway


@pytest.mark.fivefifty(persona="cisco-esa")
def test_gateway(gateway: GatewayFixture, make_gateway: MakeGateway) -> None:
    gateway.refuse("ann@acme.example", cause="velocity", claims="user-unknown")
    gateway.refuse(sender="", client="127.0.0.0/8", content="x", rate="5/1m", attempts=1, reply="550 no", at="data")
    rule = gateway.refuse(["acme.example", "Bob <bob@other.example>"], wait="5m", optional=True)
    assert_type(rule, GatewayRule)
    rule.lift()
    assert_type(gateway.cut(at="end-of-data"), GatewayRule)
    assert_type(gateway.hang("@acme.example", attempts=1), GatewayRule)
    assert_type(gateway.delay("200ms", sender=["news@shop.example"]), GatewayRule)
    gateway.refuse(recipients="x")  # type: ignore[call-arg]
    gateway.refuse(at="later")  # type: ignore[arg-type]
    gateway.mailbox("bob@acme.example", state="departed")
    gateway.let_pass("1m")
    assert_type(gateway.host, str)
    assert_type(gateway.port, int)
    assert_type(gateway.truth, tuple[Truth, ...])
    assert_type(gateway.messages, tuple[ReceivedMessage, ...])
    assert_type(gateway.messages[0].email, EmailMessage)
    assert_type(gateway.assert_received(recipient="bob@*", subject="x", count=1), tuple[ReceivedMessage, ...])
    assert_type(gateway.assert_refused(code=550, cause="velocity"), tuple[Truth, ...])
    assert_type(make_gateway(persona="postfix", host="::1", lmtp=True), GatewayFixture)
    assert_type(make_gateway(scenario=Path("a.toml"), name="acme").returned, tuple[bytes, ...])
    assert_type(gateway.report("ann@acme.example", layout="exim", reply="550 no", message=EmailMessage()), bytes)
    make_gateway(port=25)  # type: ignore[call-arg]
    gateway.require_login({"ann": "secret"}, tls=True)
    stage: StageName = "mail"
    with pytest.raises(InputError) as raised:
        gateway.refuse("ann@acme.example", at=stage)
    assert_type(raised.value.remedy, str)
    testing.Gateway  # type: ignore[attr-defined]  # noqa: B018 - a name that does not exist
    gateway.assert_nothing_received()
    gateway.assert_received("bob@acme.example")  # type: ignore[call-arg]


def test_lab(lab: LabFixture, scorecard: Scorecard) -> None:
    run = lab.run("scenarios/control.toml", transport="tcp", seed=1, classifiers=["code"])
    assert_type(run, ScenarioRun)
    assert_type(run.scorecard, Scorecard)
    assert_type(run.gates, tuple[Gate, ...])
    assert_type(run.folder, Path)
    assert_type(scorecard.hard_bounce_rate, float)
    lab.run({"schema": 1}, transport="pigeon")  # type: ignore[arg-type]
    run.assert_passed()
