"""Logins: any lines and responses; only the password opens."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_grammar import Choices, login_lines
from simulation.fuzzing.smtp_ways import Carried, Setting, compare, in_pieces, straight
from simulation.fuzzing.target import Target
from simulation.fuzzing.told_policies import PASSWORD

_CARRIED: Final = Carried()


def run(data: bytes) -> int:
    """Let a session answer logins; the first octets choose gateway and cuts. Raises AssertionError.

    Return how many lines were answered.
    """
    setting = Setting(wants_login=bool(data) and data[0] % 2 == 1)
    said = [b"EHLO mta1.example\r\n" + octets + b"\r\nMAIL FROM:<>\r\n" for octets in login_lines(Choices(data[5:]))]
    whole, answers = straight(setting, ([octets] for octets in said))
    assert whole.said.count(b"235 2.7.0 ") == len(whole.opened), whole
    assert all(each.challenge or each.secret == PASSWORD for each in whole.opened), whole.opened
    pieces = [in_pieces(octets, data[1:5]) for octets in said]
    compare(whole, straight(setting, pieces)[0], "whole and in pieces")
    compare(whole, _CARRIED.by_carrier(setting, pieces), "straight and carried in pieces")
    return answers


TARGETS: Final = (Target("auth", run, longest=500),)
