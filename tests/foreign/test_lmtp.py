"""Postfix hands mail to the gateway of a test by LMTP: each recipient has a reply of its own after the message."""

from __future__ import annotations

import pytest
from deadline import until
from postfix_instance import postfix, require_postfix

from probe.testing import GatewayFixture

pytestmark = pytest.mark.foreign

NEWS = "news@shop.example"
PEOPLE = ["ann@acme.example", "bob@acme.example", "eve@acme.example", "dan@acme.example"]
MESSAGE = "From: <news@shop.example>\nSubject: Hello\n\nHello.\n"


@pytest.mark.fivefifty(lmtp=True)
def test_postfix_hears_what_became_of_each_recipient(gateway: GatewayFixture) -> None:
    require_postfix()
    ann, bob, eve, dan = PEOPLE
    gateway.refuse(bob, at="end-of-data", cause="mailbox-full", reply="452 4.2.2 Mailbox full")
    gateway.refuse(eve, at="end-of-data", cause="content", reply="550 5.7.1 Not this one")
    gateway.mailbox(dan, state="departed")
    transport = f"lmtp:inet:{gateway.host}:{gateway.port}"
    settings = {"transport_maps": f"inline:{{ {{acme.example={transport}}} }}", "default_transport": "discard:"}
    with postfix("mta1.shop.example", settings) as relay:
        relay.submit(NEWS, PEOPLE, MESSAGE)
        until(lambda: set(PEOPLE) <= set(relay.logged()), told=relay.log)
        logged = relay.logged()
    assert [logged[each].status for each in PEOPLE] == ["sent", "deferred", "bounced", "bounced"]
    assert [logged[each].dsn for each in PEOPLE] == ["2.0.0", "4.2.2", "5.7.1", "5.1.1"]
    assert logged[eve].said == "550 5.7.1 Not this one"
    assert [set(message.recipients) for message in gateway.messages] == [{ann}]
