"""Replaces what varies between recipients, or could identify somebody, in a reply. Every other word stays as it was."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from probe.intake.to_scenario.anonymise import Naming
from probe.intake.to_scenario.ordinary_words import (
    LETTERS,
    LETTERS_OR_SLOT,
    folded,
    is_of_a_persona,
    is_ordinary,
    is_public,
    spellings,
)
from probe.intake.to_scenario.personal_names import is_given_name, may_be_a_name

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_PART: Final = re.compile(
    r"(?P<address>[^\s<>()\[\]\"',;:\\{}|]{1,64}@\w(?:[\w.-]{0,251}\w)?)"
    r"|(?P<ipv6>(?:(?<![\w:])|(?<=IPv6:))[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]))"
    r"|(?P<word>\w(?:[\w.+'-]*\w)?)"
)
_AFTER_SIGN: Final = re.compile(r"(?P<before>.*[/?&#]|[^=]*=)(?P<address>[^/?&#=]+@.*)")
"""An address at the end of a URL, or after a label such as ``rcpt=``."""
_DIGITS: Final = re.compile(r"\d{10,}")
_HEX: Final = re.compile(r"(?=.*\d)(?=.*[a-fA-F])[0-9a-fA-F]{8,}|[a-fA-F]{16,}")
_NAMED: Final = re.compile(r"[A-Za-z]+\d{0,4}|(?![A-Fa-f]+\d)[A-Za-z]{2,6}\d{5,6}|\d{0,3}[A-Za-z]+|\d+")
"""Letters with a number, such as ``rfc5322``, ``AES256``, ``HT204137`` or ``24h``."""
_SHORTEST_ID: Final = 6
_WITHOUT_VOWEL: Final = re.compile(r"[B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{9,}")
"""Postfix's long queue ids have no vowels; some have no digit either."""
_CALLED_ID: Final = re.compile(r"(?:(?<![?&\w])id|\b(?:qid|queue-id|queued as))(?: ?[=:#] ?| )$", re.IGNORECASE)
"""What stands before an identifier."""
_SHORTEST_CALLED_ID: Final = 4
_LONGEST_CALL: Final = 12
_REVERSED_IP: Final = re.compile(r"(?:\d{1,3}\.){4}(?=\D)")
"""How block lists are asked."""
_ID_WITH_NUMBERS: Final = re.compile(r"\{id\}(?:\.(?:\{id\}|\d+))+")
"""As Gmail's: ``d9443c01a7336-1f7e3a3c5b1si1234567ad.7``."""
_HOST: Final = re.compile(r"(?:[\w-]{1,63}\.){1,9}(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})")
_FILES: Final = frozenset(
    "action asp aspx bat cgi cfm cmd css csv doc docx eml exe gif gz htm html jar jpg js jsp lnk log msg pdf php "
    "png ps rar rtf scr shtml tar toml txt vbs xls xlsx xml zip".split()
)  # fmt: skip
_SURE: Final = frozenset(
    "arpa biz com corp edu example gov home info int internal intra invalid lan local localdomain mil net org "
    "test".split()
)
_SHORTEST_PART: Final = 5
_BESIDE_NAME: Final = re.compile(
    r"[^\W\d_]+(?=,? \{local_part\})|(?<=\{local_part\} )[^\W\d_]+|(?<=\{local_part\}, )[^\W\d_]+"
)
_REPEATED: Final = re.compile(r"(\{(?:local_part|domain)\})(?:,?[ .-]\1)+")
_LONGEST_LINE: Final = 900
"""In characters. Servers send at most 512 octets (RFC 5321 4.5.3.1.5), and clients read at most some thousands."""

LONGEST_TEXT: Final = 8_000
"""Characters of a reply that are read, up to the end of a word."""


class Parties(NamedTuple):
    """Whom a reply is about and who got it: the recipient, the return-path, the client's IP address, and the server."""

    recipient: str
    return_path: str = ""
    local_address: str = ""
    mx: str = ""


def mask(text: str, parties: Parties, naming: Naming) -> str:
    """Return the wording of a reply: its text with slots for what each recipient has of its own (see Wording).

    Slots stand for the recipient, the sender, the two hosts, the client's IP address, and identifiers. Other addresses,
    hosts and IP addresses get their made-up names. Braces that the text has are doubled.
    """
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT].rpartition(" ")[0]  # half a name could not be told from other words
    masking = _Masking(parties, naming)
    lines = ("".join(each if each.isprintable() else " " for each in line).strip() for line in text.split("\n"))
    return "\n".join(part for line in lines for part in _short(masking.line(line)))


def _short(line: str) -> list[str]:
    """Return a line in parts that are short enough for SMTP."""
    parts: list[str] = []
    while len(line) > _LONGEST_LINE:
        place = line.rfind(" ", 1, _LONGEST_LINE)
        if place < 0:
            return [*parts, "-"]  # one word that no server sends
        parts.append(line[:place].rstrip())
        line = line[place:].lstrip()
    return [*parts, line]


class _Masking:
    """Masks the lines of one reply."""

    def __init__(self, parties: Parties, naming: Naming) -> None:
        self._naming = naming
        self._recipient = parties.recipient.lower()
        self._local, _, self._domain = self._recipient.rpartition("@")
        self._return_path = parties.return_path.lower()
        self._sender_domain = domain_of(self._return_path)
        self._client = _ip(parties.local_address)
        self._mx = parties.mx.lower().rstrip(".")
        self._names = LETTERS.findall(folded(self._local))
        self._letters = "".join(self._names)
        self._company = () if is_public(self._domain) else tuple(map(folded, self._domain.split(".")[:-1]))

    def line(self, text: str) -> str:
        """Return the wording of a line, in which what several words name has one slot."""
        masked = _BESIDE_NAME.sub(self._given_name, self.mask(text))
        return _REPEATED.sub(r"\1", masked)

    def _given_name(self, found: re.Match[str]) -> str:
        """Return a slot for a given name beside a part of the local part that has its initial, as in ``aberg``."""
        initials = {self._letters[:1], self._letters[-1:]}
        return "{local_part}" if is_given_name(found[0], initials) else found[0]

    def mask(self, text: str) -> str:
        """Return the wording of a text on one line."""
        found, end = [], 0
        for part in _PART.finditer(text):
            found += [_escaped(text[end : part.start()]), self._part(part)]
            if _is_called_id(text[max(0, part.start() - _LONGEST_CALL) : part.start()], part[0]):
                found[-1] = "{id}"
            end = part.end()
        return "".join([*found, _escaped(text[end:])])

    def _part(self, part: re.Match[str]) -> str:
        if part["address"] is not None:
            return self._address(part[0])
        return self._literal_ip(part[0]) if part["ipv6"] is not None else self._word(part[0])

    def _address(self, address: str) -> str:
        known = {self._recipient: "{recipient}", self._return_path: "{sender}"}
        slot = known.get(address.lower())
        if slot is not None:
            return slot
        for name, its in known.items():
            if name and address.lower().endswith(name) and address[-len(name) - 1] in "=/?&#":
                return self.mask(address[: -len(name)]) + its
        if (parts := _AFTER_SIGN.fullmatch(address)) and (parts["before"][-1] != "=" or is_ordinary(parts["before"])):
            return self.mask(parts["before"]) + self._address(parts["address"])
        local, _, domain = address.rpartition("@")
        if is_public(domain) and is_ordinary(local):
            return _escaped(address)
        return _escaped(self._naming.quoted_address(address))

    def _word(self, word: str) -> str:
        name, sign, genitive = word.rpartition("'")
        return f"{self._name(name)}'{genitive}" if sign and genitive.lower() == "s" else self._name(word)

    def _name(self, word: str) -> str:
        if (ip := _ip(word)) is not None:
            return self._literal_ip(word, ip)
        lower = word.lower()
        if lower == self._local and len(lower) > 2 and not is_ordinary(lower):
            return "{local_part}"
        if (slot := self._host(lower, word)) is not None:
            return slot
        labels = _ID_WITH_NUMBERS.sub("{id}", ".".join("{id}" if _is_id(each) else each for each in word.split(".")))
        return LETTERS_OR_SLOT.sub(self._own_name, labels) if self._naming.hides else labels

    def _own_name(self, letters: re.Match[str]) -> str:
        """Return a slot for a word that is a part of the recipient's address and not ordinary."""
        if len(letters[0]) < 3 or not may_be_a_name(letters[0]):
            return letters[0]
        for word in spellings(letters[0]):
            is_long = len(word) >= _SHORTEST_PART
            if word in self._names or (is_long and word in self._letters):
                return "{local_part}"
            for label in self._company:
                if word in LETTERS.findall(label) or (is_long and (label.startswith(word) or label.endswith(word))):
                    return "{domain}"
        return letters[0]

    def _host(self, host: str, written: str) -> str | None:
        """Return what replaces a host, None if it is none."""
        if host and host == self._domain:
            return "{domain}"
        if not self._naming.hides:
            return None
        if host and host == self._mx:
            return "{host}"
        if host and host == self._sender_domain:
            return "{sender_domain}"
        name, _, ending = written.rpartition(".")
        if ending.lower() in _FILES and (page := self._host(name.lower(), name)):
            return f"{page}.{ending}"  # such as the help page for a domain
        if not _is_host(written):
            return None
        if is_public(host):
            bare = _REVERSED_IP.sub("{id}.", written, count=1)
            return ".".join("{id}" if _is_id(label) else label for label in bare.split("."))
        if self._domain and host.endswith(f".{self._domain}"):
            labels = host.removesuffix(f".{self._domain}").split(".")
            kept = (each if is_ordinary(each) and not _is_id(each) else "host" for each in labels)
            return f"{'.'.join(kept)}.{{domain}}"
        if self._sender_domain and (
            host.endswith(f".{self._sender_domain}") or self._sender_domain.endswith(f".{host}")
        ):
            return "{helo}"
        return _escaped(self._naming.host(host))

    def _literal_ip(self, text: str, ip: _Ip | None = None) -> str:
        ip = ip or _ip(text)
        if ip is None:
            return text  # a time, for example
        if ip == self._client:
            return "{ip}"
        if ip.is_loopback or ip.is_unspecified or not self._naming.hides:
            return text  # such as the answer of a block list
        # Most logs lack the client's address. A reply that names an address names the client's.
        return "{ip}" if self._client is None and text != self._mx else self._naming.ip(str(ip))


def _ip(text: str) -> _Ip | None:
    if not (text and (text[0].isdigit() or ":" in text)):
        return None  # the usual case, for speed
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_id(word: str) -> bool:
    """Whether a word is an identifier, such as a queue id: long, with digits among its letters."""
    if _DIGITS.fullmatch(word):
        return True
    return not is_of_a_persona(word) and any(
        _HEX.fullmatch(each)
        or _WITHOUT_VOWEL.fullmatch(each)
        or (len(each) >= _SHORTEST_ID and not _NAMED.fullmatch(each) and _has_both(each))
        for each in re.split(r"[-_.+']", word)
    )


def _is_called_id(before: str, word: str) -> bool:
    """Whether a word with digits, perhaps short, is called an identifier by the text before it."""
    return (
        len(word) >= _SHORTEST_CALLED_ID
        and any(map(str.isdigit, word))
        and not is_of_a_persona(word)
        and _CALLED_ID.search(before) is not None
    )


def _has_both(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def _is_host(word: str) -> bool:
    """Whether a word is the name of a host, and not two words or a file: ``mx1.acme.example``, not ``again.Please``."""
    top = word.rpartition(".")[2]
    if not _HOST.fullmatch(word) or top.lower() in _FILES or (top[0].isupper() and not top.isupper()):
        return False
    return top.lower() in _SURE or not is_ordinary(word)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
