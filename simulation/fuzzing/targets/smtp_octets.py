"""Any octets, whole and in pieces, straight into framing and session and through the carrier."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_ways import Carried, Setting, compare, in_pieces, straight
from simulation.fuzzing.target import Target

_CARRIED: Final = Carried()
_WORDS: Final = (
    *(
        b"EHLO a.example\r\n",
        b"LHLO a.example\r\n",
        b"MAIL FROM:<a@b.example>\r\n",
        b"RCPT TO:<alice@northwind.example>\r\n",
    ),
    *(
        b"DATA\r\n",
        b"\r\n.\r\n",
        b"\r\n.",
        b".\r\n",
        b"\n.\n",
        b"RSET\r\n",
        b"NOOP\r\n",
        b"QUIT\r\n",
        b"STARTTLS\r\n",
        b" SIZE=1",
    ),
    *(
        b" NOTIFY=NEVER",
        b" ORCPT=rfc822;a",
        b" SMTPUTF8",
        b"AUTH PLAIN AGFubgBzZWNyZXQ=\r\n",
        b"AUTH LOGIN\r\n",
        b"YW5u\r\n",
    ),
    *(
        b"XCLIENT ADDR=192.0.2.7\r\n",
        b" HELO=a.example",
        b".junk",
        b".ask",
        b".refuse",
        b".drop",
        b".cut",
        b".garble",
        b".data",
    ),
)


def run(data: bytes) -> int:
    """Let a session answer octets; the first ones choose the gateway and the cuts. Raises Different.

    Return how many lines and messages were answered.
    """
    setting, cuts, octets = Setting.of(data[0] if data else 0), data[1:5], data[5:]
    whole, answers = straight(setting, [[octets]])
    pieces = in_pieces(octets, cuts)
    compare(whole, straight(setting, [pieces])[0], "whole and in pieces")
    compare(whole, _CARRIED.by_carrier(setting, [pieces]), "straight and carried in pieces")
    return answers


TARGETS: Final = (Target("smtp-octets", run, words=_WORDS, longest=4_000),)
