"""Command lines: the one expression that reads most of them, and the parser of the rest, read the same."""

from __future__ import annotations

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
    """Check that a line of ASCII means the same with UTF-8 and without."""
    known, with_utf8 = _parsed(line, utf8=False), _parsed(line, utf8=True)
    if line.isascii():
        assert known == with_utf8, line
    else:
        _check_again(line, known, utf8=False)
    _check_again(line, with_utf8, utf8=True)


def _check_again(line: bytes, command: Command | None, *, utf8: bool) -> None:
    """Check that a line means the same in lower case, and a plain command the same when it is written again."""
    verb, blank, rest = line.partition(b" ")
    assert command == _parsed(verb.lower() + blank + rest, utf8=utf8), line
    if command is not None and command.path and command.is_plain:
        again = _parsed(Command(command.verb, "", command.path, command.parameters).octets, utf8=utf8)
        assert again is not None
        assert (again.path, again.parameters) == (command.path, command.parameters), line


def _parsed(line: bytes, *, utf8: bool) -> Command | None:
    try:
        return parse(line, utf8=utf8)
    except SyntaxMistake:
        return None


TARGETS: Final = (Target("smtp-lines", run, corpus="smtp-dialogues", longest=1_000),)
