"""An IMAP server in a thread, whose answers a test may replace, and that notes every command it hears."""

from __future__ import annotations

import socketserver
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
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n",
    "LIST": b'* LIST () "/" INBOX\r\n',
    "EXAMINE": b"* 0 EXISTS\r\n",
    "SELECT": b"* 0 EXISTS\r\n",
    "UID SEARCH": b"* SEARCH\r\n",
    "LOGOUT": b"* BYE\r\n",
}


@contextmanager
def imap_server(answer: Answer = lambda _: None) -> Iterator[tuple[int, list[str]]]:
    """Serve; gives the port and the commands that were heard."""
    heard: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        """One connection."""

        def handle(self) -> None:
            """Answer until the client has gone."""
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
                if said is None or said.startswith(b"* "):
                    verb = next((verb for verb in _USUAL if command.upper().startswith(verb)), "")
                    said = (said or _USUAL.get(verb, b"")) + f"{tag} OK done\r\n".encode()
                else:
                    said = f"{tag} ".encode() + said
                self.wfile.write(said)

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
