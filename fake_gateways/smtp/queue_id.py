"""Queue ids as mail servers name them in replies: drawn at once, spelled when somebody reads the reply."""

from __future__ import annotations

import struct
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH: Final = 12
ID_BITS: Final = 64 * _LENGTH
"""Random bits that an id is made of: two words of 32 for each letter, as ``random.random()`` takes them."""
_WORDS: Final = struct.Struct(f"<{2 * _LENGTH}I")
_SCALE: Final = len(_ALPHABET) / 2**53
_FIRST_BITS: Final = struct.Struct("<" + "2xH4x" * _LENGTH)
"""The first 16 of the 64 bits of each letter. They say which it is, but for the few at the border of two letters."""
_UNDECIDED: Final = "?"


def spelled(drawn: int) -> str:
    """Return the id that ``ID_BITS`` random bits stand for; ``Random.choices`` would choose the same letters."""
    octets = drawn.to_bytes(_WORDS.size, "little")
    letters = "".join([_LETTERS[bits] for bits in _FIRST_BITS.unpack(octets)])
    return letters if _UNDECIDED not in letters else _spelled_by_all_bits(octets)


def _spelled_by_all_bits(octets: bytes) -> str:
    words = iter(_WORDS.unpack(octets))
    numbers = [(high >> 5) * 2**26 + (low >> 6) for high, low in zip(words, words, strict=True)]
    return "".join([_ALPHABET[int(number * _SCALE)] for number in numbers])


def _letters() -> str:
    """Return the letter for each value of the first 16 bits."""
    found = ""
    for number, letter in enumerate(_ALPHABET, 1):
        end, border = divmod(number * 2**16, len(_ALPHABET))
        found += letter * (end - len(found)) + (_UNDECIDED if border else "")
    return found


_LETTERS: Final = _letters()
