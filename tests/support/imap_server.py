"""An IMAP server in a thread, whose answers a test may replace, and that notes every command it hears."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

Answer = Callable[[str], bytes | None]
"""Gets a command such as ``LOGIN ann secret``, "" for the greeting; returns what to say in place of the usual."""
CUT: Final = b""
"""In place of an answer: the connection is cut."""
_GREETING: Final = b"* OK IMAP4rev1 ready\r\n"
_USUAL: Final = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=XOAUTH2\r\n",
    "LIST": b'* LIST () "/" INBOX\r\n',
    "EXAMINE": b"* 0 EXISTS\r\n",
    "SELECT": b"* 0 EXISTS\r\n",
    "UID SEARCH": b"* SEARCH\r\n",
    "LOGOUT": b"* BYE\r\n",
}


def _whole(said: bytes | None, tag: str, command: str) -> bytes:
    """Return an answer with its tag; the usual one in place of None."""
    if said is not None and not said.startswith(b"* "):
        return f"{tag} ".encode() + said
    verb = next((verb for verb in _USUAL if command.upper().startswith(verb)), "")
    return (said or _USUAL.get(verb, b"")) + f"{tag} OK done\r\n".encode()


def _server_side(line: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return line if tls is None else tls.wrap_socket(line, server_side=True)


@contextmanager
def imap_server(
    answer: Answer = lambda _: None, tls: ssl.SSLContext | None = None, *, from_start: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """Serve, encrypted ``from_start`` or after STARTTLS if there is a context; gives the port and what was heard."""
    heard: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        """One connection."""

        def encrypt(self) -> None:
            """Go on encrypted."""
            self.request = _server_side(self.request, tls)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

        def finish(self) -> None:
            """Close the encrypted connection, which stands in place of the server's own socket."""
            super().finish()
            self.request.close()

        def handle(self) -> None:
            """Answer until the client has gone."""
            if from_start:
                self.encrypt()
            greeting = answer("")
            self.wfile.write(_GREETING if greeting is None else greeting)
            if greeting == CUT:
                return
            while line := self.rfile.readline():
                tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                heard.append(command)
                said = answer(command)
                if said == CUT:
                    return
                self.wfile.write(_whole(said, tag, command))
                if command == "STARTTLS":
                    self.encrypt()

    class Server(socketserver.ThreadingTCPServer):
        """Serves until it is closed."""

        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: clients may go at any time."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], heard
        finally:
            server.shutdown()
            thread.join()
