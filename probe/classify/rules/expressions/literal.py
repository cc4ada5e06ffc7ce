r"""Finds operators of an expression that seem to be meant as characters of a reply, such as ``disabled (554\.30)``.

Each is legal, and the expression is not refused; it only never matches the reply that its author had in mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from probe.classify.rules.expressions.parts import (
    ExpressionPart,
    Group,
    OneCharacter,
    Repeat,
    UnsupportedExpressionError,
    ZeroWidth,
)
from probe.classify.rules.expressions.reader import parse

_CLASS: Final = re.compile(r"\[(?!\^)((?:[A-Za-z0-9 _.,:;/@]|\\.)+)\]")
_COMMON_ENDINGS: Final = "sdern"
"""Letters that expressions make optional at the end of a word, such as ``users?``."""
_OFTEN: Final = 10
"""From so many repetitions of a character on, a number in braces seems to be meant."""


def meant_literally(expression: str) -> list[str]:
    """Return a sentence for each operator of an RE2 expression that seems to be meant as a character."""
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return []
    return list(dict.fromkeys(_in_group(whole)))


def _in_group(group: Group) -> Iterator[str]:
    for first, second in pairwise(group.branches):
        if first and second and _letter(first[-1]) == _letter(second[0]) == " ":
            yield r"| separates two alternatives; write \| for the character itself"
    for branch in group.branches:
        for number, part in enumerate(branch):
            before = branch[number - 1] if number else None
            after = branch[number + 1] if number + 1 < len(branch) else None
            yield from _of_part(part, before, after)


def _of_part(part: ExpressionPart, before: ExpressionPart | None, after: ExpressionPart | None) -> Iterator[str]:
    if isinstance(part, Group):
        if part.opening == "(" and len(part.branches) == 1 and _letter(before) not in {"", "("}:
            yield rf"{part.re2} is a group and matches no parentheses; write \( and \) for the characters themselves"
        yield from _in_group(part)
    elif isinstance(part, Repeat):
        if isinstance(part.part, Group):
            yield from _in_group(part.part)
        else:
            yield from _of_repeat(part, after)
    elif isinstance(part, ZeroWidth):
        neighbour = {"$": after, "^": before}.get(part.re2)
        if _letter(neighbour):
            end = "end" if part.re2 == "$" else "beginning"
            yield rf"{part.re2} matches only at the {end} of the text; write \{part.re2} for the character itself"
    elif part.literal is None:
        if _is_word(part, before, after):
            yield rf"{part.re2} matches one of its characters; write \[ and \] for the characters themselves"
    elif part.literal == "\\" and after is not None and (isinstance(after, Group) or not _letter(after)):
        yield r"\\ matches a backslash; write one backslash before a character that is meant literally"


def _of_repeat(part: Repeat, after: ExpressionPart | None) -> Iterator[str]:
    letter, following = _letter(part.part), _letter(after)
    sign = part.quantifier[0]
    is_word = letter.isalnum()
    match sign:
        case "?":
            is_meant = (is_word and not following.isalnum() and letter not in _COMMON_ENDINGS) or (
                letter == "/" and following.isalnum()
            )
        case "+":
            is_meant = is_word and following.isalnum()
        case "*":
            is_meant = is_word
        case _:
            is_meant = letter != "" and part.least >= _OFTEN
    if is_meant:
        does = "makes the character before it optional" if sign == "?" else "repeats the character before it"
        yield rf"{part.quantifier} after {letter!r} {does}; write \{part.quantifier} for the character itself"


def _is_word(part: OneCharacter, before: ExpressionPart | None, after: ExpressionPart | None) -> bool:
    """Whether a class looks like a word in brackets: it stands alone, or names a character twice."""
    found = _CLASS.fullmatch(part.re2)
    if found is None:
        return False
    characters = found[1].replace("\\", "")
    if len(set(characters)) < len(characters):
        return True
    is_alone = not _letter(before).isalnum() and not _letter(after).isalnum()
    return is_alone and characters.isalpha() and len(set(characters.lower())) == len(characters) > 1


def _letter(part: ExpressionPart | None) -> str:
    """Return the character that a part stands for, empty if it is no single character."""
    return (part.literal or "") if isinstance(part, OneCharacter) else ""
