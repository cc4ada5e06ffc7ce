"""Dot-stuffing (RFC 5321 section 4.5.2)."""

from __future__ import annotations


def stuff(content: bytes) -> bytes:
    """Return content ready for the wire: leading dots doubled, and the final dot added."""
    if content.startswith(b"."):
        content = b"." + content
    if b"\r\n." in content:
        content = content.replace(b"\r\n.", b"\r\n..")
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
