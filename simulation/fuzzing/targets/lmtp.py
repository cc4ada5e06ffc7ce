"""Dialogues of LMTP, whole and in pieces, straight into framing and session and through the carrier."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.smtp_ways import Carried, Setting, compare, in_pieces, straight
from simulation.fuzzing.target import Target

_CARRIED: Final = Carried()


def run(data: bytes) -> int:
    """Let a session of LMTP answer dialogues; the first octets choose gateway and cuts. Raises Different.

    Return how many lines and messages were answered.
    """
    setting = Setting.of(data[0] if data else 0)._replace(lmtp=True)
    said = dialogues(Choices(data[5:]), lmtp=True)
    whole, answers = straight(setting, ([octets] for octets in said))
    pieces = [in_pieces(octets, data[1:5]) for octets in said]
    compare(whole, straight(setting, pieces)[0], "whole and in pieces")
    compare(whole, _CARRIED.by_carrier(setting, pieces), "straight and carried in pieces")
    return answers


TARGETS: Final = (Target("lmtp", run, corpus="smtp-dialogues", longest=1_000),)
