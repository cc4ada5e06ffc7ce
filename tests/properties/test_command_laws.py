"""A client may send anything: it is a command or a mistake of the client's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from strategies import addresses, command_lines, domains, examples

from fake_gateways.smtp.command import SyntaxMistake, parse
from fake_gateways.smtp.envelope import domain_of

_VERB = re.compile(r"[A-Z]{3,10}")


@examples(300)
@given(command_lines)
def test_any_line_is_a_command_or_a_syntax_mistake(line: bytes) -> None:
    try:
        command = parse(line)
    except SyntaxMistake as mistake:
        assert str(mistake)  # noqa: PT017 - no mistake is as good
        return
    assert _VERB.fullmatch(command.verb)
    assert command.argument.isascii()
    assert not set(command.argument) & set("\0\r\n")
    assert not (command.verb == "RCPT" and not command.path)
    assert command.verb in {"MAIL", "RCPT"} or not (command.path or command.parameters)


@examples(100)
@given(addresses, st.sampled_from(["", " ", "  "]))
def test_every_address_of_the_standard_is_read_back_from_mail_and_rcpt(address: str, blank: str) -> None:
    """RFC 5321 4.1.2; a blank after the colon is no part of it, but common enough to be taken."""
    mail = parse(f"MAIL FROM:{blank}<{address}> SIZE=1".encode())
    rcpt = parse(f"rcpt to:{blank}<{address}>".encode())
    assert (mail.path, rcpt.path) == (address, address)
    assert mail.parameters == {"SIZE": "1"}
    assert domain_of(address) == address.rpartition("@")[2]


@examples(60)
@given(addresses, st.lists(domains, min_size=1, max_size=3))
def test_a_source_route_is_ignored(address: str, route: list[str]) -> None:
    """RFC 5321 appendix C."""
    hops = ",".join(f"@{domain}" for domain in route)
    assert parse(f"RCPT TO:<{hops}:{address}>".encode()).path == address
