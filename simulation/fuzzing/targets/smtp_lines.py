"""Command lines: the one expression that reads most of them, and the parser of the rest, read the same."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

from fake_gateways.smtp.command import Command, SyntaxMistake, parse
from simulation.fuzzing.smtp_grammar import Choices, dialogues
from simulation.fuzzing.target import Target

_RAW: Final = 64


def run(data: bytes) -> int:
    """Parse each line of a dialogue, or of the octets themselves; return how many lines."""
    raw = data[:1] < bytes((_RAW,))
    lines = data[1:].split(b"\n") if raw else b"".join(dialogues(Choices(data[1:]))).split(b"\r\n")
    for line in lines:
        _check(line)
    return len(lines)


def _check(line: bytes) -> None:
    """Check that a line means the same in lower case, and a plain command the same when it is written again."""
    for utf8 in (False, True):
        command = _parsed(line, utf8=utf8)
        verb, blank, rest = line.partition(b" ")
        assert command == _parsed(verb.lower() + blank + rest, utf8=utf8), line
        if command is not None and command.is_plain and command.path:
            again = _parsed(Command(command.verb, "", command.path, command.parameters).octets, utf8=utf8)
            assert again is not None
            assert astuple(again)[2:] == astuple(command)[2:], line


def _parsed(line: bytes, *, utf8: bool) -> Command | None:
    try:
        return parse(line, utf8=utf8)
    except SyntaxMistake:
        return None


TARGETS: Final = (Target("smtp-lines", run, corpus="smtp-dialogues", longest=1_000),)
