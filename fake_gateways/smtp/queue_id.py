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


def spelled(drawn: int) -> str:
    """Return the id that ``ID_BITS`` random bits stand for; ``Random.choices`` would choose the same letters."""
    words = iter(_WORDS.unpack(drawn.to_bytes(_WORDS.size, "little")))
    numbers = [(high >> 5) * 2**26 + (low >> 6) for high, low in zip(words, words, strict=True)]
    return "".join([_ALPHABET[int(number * _SCALE)] for number in numbers])
