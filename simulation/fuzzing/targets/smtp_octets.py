"""Any octets, whole and in pieces, straight into framing and session."""

from __future__ import annotations

from simulation.fuzzing.smtp_ways import Setting, compare, in_pieces, straight


def run(data: bytes) -> int:
    """Let a session answer octets; the first ones choose the gateway and the cuts. Raises Different.

    Return how many lines and messages were answered.
    """
    setting, cuts, octets = Setting.of(data[0] if data else 0), data[1:5], data[5:]
    whole, answers = straight(setting, [[octets]])
    compare(whole, straight(setting, [in_pieces(octets, cuts)])[0], "whole and in pieces")
    return answers
