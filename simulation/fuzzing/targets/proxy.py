"""PROXY headers, whole and in pieces, through the carrier: the same client, or none."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_ways import Carried, Setting, compare, in_pieces
from simulation.fuzzing.target import Target

_CARRIED: Final = Carried(proxied=True)
_BEGINS: Final = (b"PROXY TCP4 ", b"PROXY TCP6 ", b"PROXY UNKNOWN", b"PROXY ", b"\r\n\r\n\0\r\nQUIT\n", b"")
_ADDRESSES: Final = (b"192.0.2.7 127.0.0.1 40000 25\r\n", b"2001:db8::7 ::1 40000 25\r\n", b"\r\n", b"")
_VERSION_2: Final = (b"\x21\x11\x00\x0c", b"\x20\x00\x00\x00", b"\x21\x21\x00\x24", b"\x21\x31\x00\xd8", b"")
_DIALOGUE: Final = b"EHLO mta1.example\r\nMAIL FROM:<>\r\nRCPT TO:<alice@northwind.example>\r\nDATA\r\nx\r\n.\r\n"


def run(data: bytes) -> int:
    """Let a carrier read a header; the first octets choose cuts and beginning. Raises Different. Return 1."""
    chosen = int.from_bytes(data[4:6])
    begin = _BEGINS[chosen % len(_BEGINS)]
    rest = _VERSION_2 if begin[:1] == b"\r" else _ADDRESSES
    octets = begin + rest[chosen // 8 % len(rest)] + data[6:] + _DIALOGUE * (chosen // 64 % 2)
    whole = _CARRIED.by_carrier(Setting(), [[octets]])
    compare(whole, _CARRIED.by_carrier(Setting(), [in_pieces(octets, data[:4])]), "whole and in pieces")
    return 1


TARGETS: Final = (Target("proxy", run, longest=600),)
