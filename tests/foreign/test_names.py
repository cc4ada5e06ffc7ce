"""A real Postfix finds the gateways by their MX records, through our nameserver, on the ports of the standards."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from deadline import DEADLINE_S
from postfix_instance import PATH, postfix, require_postfix
from serve_process import serving

pytestmark = pytest.mark.foreign

SCENARIO = Path(__file__).with_name("serve.toml")
RETURN_PATH = "news@bounce.sender.example"
HELO = "mta1.sender.example"
DNS_ADDRESS, SMTP_PORT, DNS_PORT = "127.0.0.53", 25, 53

# Nothing outside is touched: the loopback device, its ports and resolv.conf are the namespace's own.
ENTER = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && echo ready && cat'


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Sequence[str]]:
    """A network of its own whose resolver is ours; gives the words that put a command into it."""
    require_postfix()
    for program, package in (("unshare", "util-linux"), ("nsenter", "util-linux"), ("ip", "iproute2")):
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
    allowed = subprocess.run(
        ["unshare", "--net", "--mount", "true"], capture_output=True, check=False, timeout=DEADLINE_S
    )
    if allowed.returncode:
        pytest.skip(f"namespaces are not permitted here: {allowed.stderr.decode().strip()}")
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {DNS_ADDRESS}\n", "ascii")
    with subprocess.Popen(
        ["unshare", "--net", "--mount", "sh", "-c", ENTER, "sh", resolv],
        encoding="utf-8",
        env={**os.environ, "PATH": PATH},
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,  # cat holds the namespace until this is closed
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"the namespace cannot be set up: {holder.communicate(timeout=DEADLINE_S)[1].strip()}")
        yield ["nsenter", f"--target={holder.pid}", "--net", "--mount"]
        holder.communicate(timeout=DEADLINE_S)


def test_postfix_finds_the_gateways_by_mx_and_is_told_what_the_truth_says(
    namespace: Sequence[str], tmp_path: Path
) -> None:
    settings = {"smtp_dns_support_level": "enabled", "transport_maps": "inline:{ {bounce.sender.example=discard:} }"}
    message = f"From: <{RETURN_PATH}>\nSubject: Monday\nMessage-ID: <{{}}@{HELO}>\n\nThe minutes are on the shelf.\n"
    recipients = ["present@roster.example", "departed@roster.example", "reader@strict.example", "a@nowhere.example"]
    with (
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
