"""Two ways into a session show what a broken one does; logins and lines are checked by themselves."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import pytest

from fake_gateways.server import Carrier
from fake_gateways.session import Session
from fake_gateways.smtp import auth as smtp_auth
from fake_gateways.smtp import command
from fake_gateways.smtp.auth import Credentials
from fake_gateways.smtp.framing import Framing
from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.smtp_ways import Different, Setting, in_pieces, straight
from simulation.fuzzing.targets import TARGETS, auth, smtp_carrier, smtp_dialogues, smtp_lines, tls, xclient

FEED: Final = Framing.feed
BROKEN: Final[dict[str, tuple[Callable[[bytes], int], Any, str, Any]]] = {
    "framing loses the first octet of a piece": (
        smtp_dialogues.run,
        Framing,
        "feed",
        lambda self, octets: FEED(self, octets[self.pending > 0 :]),
    ),
    "a carrier forgets to greet": (smtp_carrier.run, Carrier, "_greet", lambda _: None),
    "a carrier leaves a session open": (smtp_carrier.run, Session, "lost", lambda _: None),
    "any password opens": (auth.run, Credentials, "proves", lambda *_: True),
    "a login is not told": (auth.run, smtp_auth, "SUCCEEDED", smtp_auth.TRY_LATER),
    "the expression of most lines reads other paths": (
        smtp_lines.run,
        command,
        "_USUAL",
        command.re.compile(rb"(?:MAIL (FROM:<()>)|RCPT (TO:<(\S+)>))()"),
    ),
    "what is injected before TLS stays": (tls.run, Framing, "discard", lambda _: None),
    "a proxy stays": (xclient.run, Session, "present", lambda *_: None),
}


def run_all(run: Callable[[bytes], int]) -> None:
    """Run inputs of a corpus, and some others that are the same each time."""
    target = next(each for each in TARGETS if each.run is run)
    for data in (*target.inputs(), *(random.Random(seed).randbytes(80) for seed in range(100))):
        run(data)


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_found_out(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, of, name, instead = BROKEN[broken]
    monkeypatch.setattr(of, name, instead)
    with pytest.raises(AssertionError):
        run_all(run)


def test_a_difference_shows_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Framing, "feed", lambda self, octets: FEED(self, octets[self.pending > 0 :]))
    with pytest.raises(Different, match=r"said whole and in pieces:\nb'220 .*\nb'220 "):
        smtp_dialogues.run(bytes(300))


def test_pieces_are_the_whole_and_end_at_seams() -> None:
    octets = b"EHLO a.example\r\nDATA\r\n..x\r\n.\r\n"
    for seed in range(200):
        pieces = in_pieces(octets, random.Random(seed).randbytes(3))
        assert b"".join(pieces) == octets
        assert all(pieces)
    assert in_pieces(octets, b"\1") == [b"EHLO a.example\r", b"\nDATA\r", b"\n..x\r", b"\n.\r", b"\n"]


def test_lines_are_counted_once_however_they_come() -> None:
    said = [b"EHLO a.example\r\nNOOP\r\nQUIT\r\nNOOP\r\n", b"NOOP\r\n" * 5 + b"NO"]
    assert (
        straight(Setting(), [[said[0]], [said[1]]])[1]
        == straight(Setting(), [[*map(bytes, zip(said[0]))], [said[1]]])[1]
        == 8
    )


def test_dialogues_are_mostly_what_a_server_understands() -> None:
    said = [
        line
        for seed in range(50)
        for octets in dialogues(Choices(random.Random(seed).randbytes(200)))
        for line in octets.split(b"\r\n")
    ]
    verbs = {line.partition(b" ")[0].upper() for line in said}
    assert {
        b"EHLO",
        b"HELO",
        b"MAIL",
        b"RCPT",
        b"DATA",
        b"RSET",
        b"NOOP",
        b"AUTH",
        b"XCLIENT",
        b"STARTTLS",
        b"QUIT",
    } <= verbs
    assert len(said) > 2_000
