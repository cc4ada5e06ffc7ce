r"""Parses a regular expression in its dialect.

``re2``
    Our own.
``rust``
    The regex crate (KumoMTA): like RE2, but ``\d``, ``\w`` and ``\s`` are those of Unicode (docs.rs/regex). ``\b``
    stays that of ASCII, which differs only next to letters outside ASCII.
``js``
    RegExp without the flags u and v (zone-mta): an escaped letter without a meaning is the letter (ECMA-262 B.1.2).
``pcre``
    Perl (PowerMTA).

A look-ahead at the end of an expression can be translated: ``x(?!yz)`` is ``x`` followed by the end, by another
character, or by ``y`` and then the end or another character.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from fake_gateways.untrusted.expression import LONGEST
from probe.classify.rules.expressions.parts import (
    ExpressionPart,
    Group,
    OneCharacter,
    Repeat,
    UnsupportedExpressionError,
    ZeroWidth,
)

Dialect = Literal["re2", "rust", "js", "pcre"]

DEEPEST: Final = 100
"""The deepest nesting of groups that is read."""

_CLASSES: Final[dict[Dialect, dict[str, str]]] = {
    "re2": {},
    "rust": {
        "d": r"\p{Nd}",
        "D": r"\P{Nd}",
        "w": r"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]",
        "W": r"[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]",
        "s": r"[\t-\r\x{20}\x{85}\p{Z}]",
        "S": r"[^\t-\r\x{20}\x{85}\p{Z}]",
    },
    "js": {},
    "pcre": {"h": r"[ \t]", "H": r"[^ \t]", "N": r"[^\n]"},
}
"""Escaped letters that stand for a class, where the dialect differs from RE2."""
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_MARKS: Final[dict[Dialect, str]] = {"re2": "bBAz", "rust": "bBAz", "js": "bB", "pcre": "bBAzZ"}
_LOOKS: Final = {"(?=": "look-ahead", "(?!": "look-ahead", "(?<=": "look-behind", "(?<!": "look-behind"}
_COUNTED: Final = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_IN_BRACES: Final = re.compile(r"\{([0-9A-Fa-f]{1,6})\}")
_DIGITS: Final = {letter: re.compile(f"([0-9A-Fa-f]{{{count}}})") for letter, count in (("x", 2), ("u", 4), ("U", 8))}
_PROPERTY: Final = re.compile(r"\{\^?\w+\}|\w")
_NAMED_CLASS: Final = re.compile(r"\[:\^?[a-z]+:\]")
_OPENING: Final = re.compile(r"\?(?:P?<\w+>|[a-zA-Z-]*[:)])")


def parse(source: str, dialect: Dialect) -> Group:
    """Parse an expression; raises UnsupportedExpressionError."""
    if len(source) > LONGEST:
        raise UnsupportedExpressionError(f"it is longer than {LONGEST:,} characters")
    reader = _Reader(source, dialect)
    branches = reader.branches(0)
    if reader.place < len(source):
        raise UnsupportedExpressionError("a closing parenthesis has no opening one")
    return Group("", branches)


class _Reader:
    def __init__(self, source: str, dialect: Dialect) -> None:
        self.source = source
        self.dialect = dialect
        self.place = 0

    def branches(self, depth: int) -> tuple[tuple[ExpressionPart, ...], ...]:
        if depth > DEEPEST:
            raise UnsupportedExpressionError(f"parentheses are nested more than {DEEPEST} deep")
        found: list[list[ExpressionPart]] = [[]]
        while self.place < len(self.source) and not self._at(")"):
            if self._take("|"):
                found.append([])
                continue
            part = self._part(depth)
            if part is not None:
                found[-1].append(self._repeated(part))
        return tuple(map(tuple, found))

    def _part(self, depth: int) -> ExpressionPart | None:
        character = self._next()
        if character in "*+?":
            raise UnsupportedExpressionError(f"there is nothing before {character} to repeat")
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character in "^$":
            return ZeroWidth(character)
        return OneCharacter(".") if character == "." else _literal(character)

    def _repeated(self, part: ExpressionPart) -> ExpressionPart:
        start = self.place
        counted = _COUNTED.match(self.source, start)
        if self._take("*"):
            least, most = 0, None
        elif self._take("+"):
            least, most = 1, None
        elif self._take("?"):
            least, most = 0, 1
        elif counted is not None:
            self.place = counted.end()
            least = int(counted[1])
            most = int(counted[3]) if counted[3] else None if counted[2] else least
        else:
            return part
        self._take("?")
        if self.dialect == "pcre" and self._at("+"):
            raise UnsupportedExpressionError("a possessive quantifier, which RE2 does not have")
        return Repeat(part, self.source[start : self.place], least, most)

    def _group(self, depth: int) -> ExpressionPart | None:
        for opening, name in _LOOKS.items():
            if self.source.startswith(opening, self.place - 1):
                self.place += len(opening) - 1
                return self._look(opening, name, depth)
        if self._at("?#") and self.dialect == "pcre":
            self.place = self.source.find(")", self.place)
            self._closed()
            return None
        opening = "("
        if self._at("?"):
            found = _OPENING.match(self.source, self.place)
            if found is None:
                raise UnsupportedExpressionError(
                    f"a group {self.source[self.place - 1 : self.place + 2]}, which RE2 does not have"
                )
            self.place = found.end()
            opening += found[0]
            if opening.endswith(")"):
                return ZeroWidth(opening)  # flags for what follows
        branches = self.branches(depth + 1)
        self._closed()
        return Group(opening, branches)

    def _look(self, opening: str, name: str, depth: int) -> ExpressionPart:
        start = self.place
        branches = self.branches(depth + 1)
        refused = UnsupportedExpressionError(
            f"a {name} {opening}{self.source[start : self.place]}), which RE2 does not have"
        )
        self._closed()
        if name != "look-ahead" or self.dialect == "rust" or depth or self.place < len(self.source):
            raise refused
        if opening == "(?=":
            return Group("(?:", branches)
        letters = [part.literal for part in branches[0] if isinstance(part, OneCharacter) and part.literal is not None]
        if len(branches) > 1 or not branches[0] or len(letters) < len(branches[0]):
            raise refused
        if len(letters) > DEEPEST:
            raise UnsupportedExpressionError(f"a look-ahead of more than {DEEPEST} characters")
        return _anything_but(letters)

    def _class(self) -> ExpressionPart:
        start = self.place
        text = "[^" if self._take("^") else "["
        if self.dialect == "js" and self._take("]"):
            if text == "[^":
                return OneCharacter(r"[\x{0}-\x{10FFFF}]")
            raise UnsupportedExpressionError("[] matches nothing")
        first = True
        while first or not self._at("]"):
            if self.place >= len(self.source):
                raise UnsupportedExpressionError(f"a character class is not closed: [{self.source[start : start + 20]}")
            text += self._in_class()
            first = False
        self._next()
        return OneCharacter(text + "]")

    def _in_class(self) -> str:
        if self.dialect == "rust" and self.source[self.place : self.place + 2] in {"&&", "--", "~~"}:
            raise UnsupportedExpressionError("combined character classes, which RE2 does not have")
        named = _NAMED_CLASS.match(self.source, self.place)
        if named is not None and self.dialect != "js":
            self.place = named.end()
            return named[0]
        character = self._next()
        if character == "[":
            if self.dialect == "rust":
                raise UnsupportedExpressionError("a nested character class, which RE2 does not have")
            return r"\["
        if character != "\\":
            return character
        start = self.place
        text = self._escape(within=True).re2
        if text.startswith("[^"):
            return f"\\{self.source[start : self.place]}"  # classes cannot be nested, so RE2's own class is used
        return text[1:-1] if text.startswith("[") else text

    def _escape(self, *, within: bool = False) -> OneCharacter | ZeroWidth:
        if self.place >= len(self.source):
            raise UnsupportedExpressionError("a backslash at the end")
        letter = self._next()
        if letter in "123456789":
            raise UnsupportedExpressionError(rf"a back reference \{letter}, which RE2 does not have")
        if letter in _CLASSES[self.dialect]:
            return OneCharacter(_CLASSES[self.dialect][letter])
        if letter in "dDwWsS":
            return OneCharacter(f"\\{letter}")
        if letter in _CONTROLS or (letter == "b" and within):
            return _literal(_CONTROLS.get(letter, "\b"))
        if letter in _MARKS[self.dialect]:
            return ZeroWidth(f"\\{letter.replace('Z', 'z')}")
        if letter in ("xu" if self.dialect == "js" else "xuU"):
            return self._numbered(letter)
        if self.dialect == "js" or not (letter.isascii() and letter.isalnum()):
            return _literal(letter)
        return self._property(letter)

    def _property(self, letter: str) -> OneCharacter:
        name = _PROPERTY.match(self.source, self.place) if letter in "pP" else None
        if name is None:
            raise UnsupportedExpressionError(rf"\{letter}, which RE2 does not have")
        self.place = name.end()
        return OneCharacter(f"\\{letter}{name[0]}")

    def _numbered(self, letter: str) -> OneCharacter:
        """Read a character by its number: two, four or eight digits or, except in JavaScript, digits in braces."""
        found = (_IN_BRACES if self._at("{") and self.dialect != "js" else _DIGITS[letter]).match(
            self.source, self.place
        )
        if found is None or int(found[1], 16) > 0x10FFFF:
            if self.dialect == "js":
                return _literal(letter)
            raise UnsupportedExpressionError(rf"\{letter} without the number of a character")
        if 0xD800 <= int(found[1], 16) < 0xE000:
            raise UnsupportedExpressionError(rf"\{letter} with the number of half a character, which no text has")
        self.place = found.end()
        return _literal(chr(int(found[1], 16)))

    def _at(self, text: str) -> bool:
        return self.source.startswith(text, self.place)

    def _take(self, text: str) -> bool:
        found = self._at(text)
        self.place += len(text) if found else 0
        return found

    def _next(self) -> str:
        self.place += 1
        return self.source[self.place - 1]

    def _closed(self) -> None:
        if not self._take(")"):
            raise UnsupportedExpressionError("a parenthesis is not closed")


def _literal(character: str) -> OneCharacter:
    return OneCharacter(quoted(character), character)


def quoted(text: str) -> str:
    """Return an expression that matches only a text, inside a class as well as outside."""
    return "".join(map(_quoted, text))


def _quoted(character: str) -> str:
    if character.isascii() and (character.isalnum() or character in " _"):
        return character
    printable = character.isascii() and character.isprintable()
    return f"\\{character}" if printable else rf"\x{{{ord(character):X}}}"


def _anything_but(letters: list[str]) -> Group:
    """Return a part that matches where the text does not continue with some letters."""
    found: ExpressionPart | None = None
    for letter in reversed(letters):
        end, other = (ZeroWidth(r"\z"),), (OneCharacter(f"[^{quoted(letter)}]"),)
        goes_on = () if found is None else ((_literal(letter), found),)
        found = Group("(?:", (end, other, *goes_on))
    assert isinstance(found, Group)  # noqa: S101 - there are letters
    return found
