"""Dialogues of a grammar, whole and in pieces, through the carrier."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.smtp_ways import Carried, Setting, compare, in_pieces, straight
from simulation.fuzzing.target import Target

_CARRIED: Final = Carried()


def run(data: bytes) -> int:
    """Let carriers answer dialogues as a session does; the first octets choose gateway and cuts. Raises Different.

    Return how many lines and messages were answered.
    """
    setting = Setting.of(data[0] if data else 0)
    said = dialogues(Choices(data[5:]), lmtp=setting.lmtp)
    whole, answers = straight(setting, ([octets] for octets in said))
    compare(whole, _CARRIED.by_carrier(setting, ([octets] for octets in said)), "straight and carried")
    pieces = [in_pieces(octets, data[1:5]) for octets in said]
    compare(whole, _CARRIED.by_carrier(setting, pieces), "straight and carried in pieces")
    _CARRIED.lose(setting, (some[: 1 + data[1] % len(some)] for some in pieces if some))
    return answers


TARGETS: Final = (Target("smtp-carrier", run, corpus="smtp-dialogues", longest=1_000),)
