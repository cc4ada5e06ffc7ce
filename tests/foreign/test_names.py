"""A real Postfix finds the gateways by their MX records, through our nameserver, on the ports of the standards."""

from __future__ import annotations

from pathlib import Path

import pytest
from network_namespace import network_namespace
from postfix_instance import postfix, require_postfix
from serve_process import serving

pytestmark = pytest.mark.foreign

SCENARIO = Path(__file__).with_name("serve.toml")
RETURN_PATH = "news@bounce.sender.example"
HELO = "mta1.sender.example"
DNS_ADDRESS, SMTP_PORT, DNS_PORT = "127.0.0.53", 25, 53


def test_postfix_finds_the_gateways_by_mx_and_is_told_what_the_truth_says(tmp_path: Path) -> None:
    require_postfix()
    settings = {"smtp_dns_support_level": "enabled", "transport_maps": "inline:{ {bounce.sender.example=discard:} }"}
    message = f"From: <{RETURN_PATH}>\nSubject: Monday\nMessage-ID: <{{}}@{HELO}>\n\nThe minutes are on the shelf.\n"
    recipients = ["present@roster.example", "departed@roster.example", "reader@strict.example", "a@nowhere.example"]
    with (
        network_namespace(tmp_path, DNS_ADDRESS) as namespace,
        serving(
            SCENARIO, tmp_path / "run", ports=(SMTP_PORT, DNS_PORT), dns_address=DNS_ADDRESS, prefix=namespace
        ) as served,
        postfix(HELO, settings, namespace) as relay,
    ):
        logged = {to: relay.send(RETURN_PATH, to, message.format(to.replace("@", "."))) for to in recipients}
    truths = {truth.recipient: truth for truth in served.truths}
    assert [logged[to].status for to in recipients] == ["sent", "bounced", "sent", "bounced"]
    for to in recipients[:3]:
        truth = truths.pop(to)
        assert logged[to].said.split() == f"{truth.code} {truth.enhanced or ''} {truth.text}".split()
    # RFC 3463 section 3.5, X.4.4: the domain has no exchanger; no gateway ever heard of the mail.
    assert logged["a@nowhere.example"].dsn == "5.4.4"
    assert "Host not found" in logged["a@nowhere.example"].said
    assert truths == {}
    assert logged["present@roster.example"].relay == "esa1.roster-example.iphmx.com[127.1.0.1]:25"
    assert logged["reader@strict.example"].relay == "mx0a-strict-example.pphosted.com[127.1.0.3]:25"
