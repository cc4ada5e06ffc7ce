"""Dialogues of a grammar, whole and in pieces, straight into framing and session."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.smtp_ways import Setting, compare, in_pieces, straight
from simulation.fuzzing.target import Target


def run(data: bytes) -> int:
    """Let a session answer dialogues; the first octets choose the gateway and the cuts. Raises Different.

    Return how many lines and messages were answered.
    """
    setting = Setting.of(data[0] if data else 0)
    said = dialogues(Choices(data[5:]), lmtp=setting.lmtp)
    whole, answers = straight(setting, ([octets] for octets in said))
    pieces, _ = straight(setting, (in_pieces(octets, data[1:5]) for octets in said))
    compare(whole, pieces, "whole and in pieces")
    return answers


TARGETS: Final = (Target("smtp-dialogues", run, longest=1_000),)
