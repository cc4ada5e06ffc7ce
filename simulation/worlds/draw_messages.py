"""Draws messages: plain, HTML, with attachments, spam, large ones, and hostile words in all places."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from typing import Final

from simulation.worlds.drawing import Drawing
from simulation.worlds.names import LINKED, SENDER

_BOUNDARY: Final = "=_drawn"
_HOSTILE: Final = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202egnp.exe [bold]x[/bold] {recipient} %s"
_EICAR: Final = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless test file that every scanner knows (eicar.org)."""


def draw_message(draw: Drawing, name: str, fields: Sequence[str]) -> str:
    """Write a message file that may use some merge fields; return its name."""
    merged = [draw.choice(fields) for _ in range(3)] if fields and draw.has("message:merge-fields", 0.8) else []
    head, body = _head(draw, merged), _text(draw, merged)
    parts = _attachments(draw)
    quoted = draw.has("message:quoted-printable", 0.4)
    is_html = draw.has("message:html", 0.5)
    kind = "html" if is_html else "plain"
    if is_html:
        body = [f"<html><body><b>{line}</b>" for line in body] + ['<img src="https://links.sender.example/p" width=1>']
    part = [f"Content-Type: text/{kind}; charset=utf-8"]
    if quoted:
        part.append("Content-Transfer-Encoding: quoted-printable")
        body = [line.replace("=", "=3D") for line in body]
    if parts:
        head += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"']
        lines = [*head, "", f"--{_BOUNDARY}", *part, "", *body]
        for each in parts:
            lines += [f"--{_BOUNDARY}", *each]
        lines.append(f"--{_BOUNDARY}--")
    else:
        lines = [*head, "MIME-Version: 1.0", *part, "", *body]
    draw.files[name] = draw.choice(("\n", "\r\n")).join((*lines, ""))
    return name


def _head(draw: Drawing, merged: list[str]) -> list[str]:
    subject = "Offer"
    if draw.has("message:spam", 0.6):
        subject = "FREE!!! winner, last chance"
    if draw.has("message:unicode", 0.7):
        subject += " =?utf-8?q?caf=C3=A9?="
    if draw.has("message:hostile-words", 0.5):
        subject += " <script>alert(1)</script> =1+1"
    if merged:
        subject += f" for {{{{{merged[0]}}}}}"
    return [f'From: "News" <news@{SENDER}>', f"Subject: {subject}", f"Reply-To: hello@{SENDER}"]


def _text(draw: Drawing, merged: list[str]) -> list[str]:
    lines = ["Hello,", *(f"{{{{ {field} }}}}" for field in merged[1:])]
    if draw.has("message:spam", 0.6):
        lines.append("Click here, it is free and risk-free, 50 % off, guaranteed. http://10.0.0.1/?utm_=1")
    if draw.has("message:links", 0.6):
        lines += [f"https://{host}/a?b=c" for host in draw.some(LINKED, 2)]
    if draw.has("message:unicode", 0.7):
        lines.append("Grüße, café, 日本語, \u202eoverridden\u202c")
    if draw.has("message:hostile-words", 0.5):
        lines.append(_HOSTILE)
    if draw.has("message:dots", 0.8):
        lines += [".", "..", ".dot", ". ", "", "."]
    if draw.has("message:long-lines", 0.6):
        lines.append("x" * 960)
    if draw.has("message:large", 0.4):
        lines += ["Much of the same, line after line, as in real newsletters."] * 400
    if draw.has("message:virus", 0.4):
        lines.append(_EICAR)
    return lines


def _attachments(draw: Drawing) -> list[list[str]]:
    found = []
    if draw.has("message:attachment", 0.6):
        name = draw.choice(("offer.pdf", "offer.exe", "notes.txt", "r\u00e9sum\u00e9.js"))
        found.append(_attached(name, b"contents"))
    if draw.has("message:zip", 0.5):
        octets = io.BytesIO()
        with zipfile.ZipFile(octets, "w") as archive:
            archive.writestr(zipfile.ZipInfo(draw.choice(("inner.exe", "inner.txt"))), b"contents")
        found.append(_attached("offers.zip", octets.getvalue()))
    return found


def _attached(name: str, content: bytes) -> list[str]:
    return [
        "Content-Type: application/octet-stream",
        f'Content-Disposition: attachment; filename="{name}"',
        "Content-Transfer-Encoding: base64",
        "",
        *base64.encodebytes(content).decode().splitlines(),
    ]
