"""The connection of a session: who the client is, how it is encrypted, and how it ends. What is said is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from fake_gateways.decider import Decider
from fake_gateways.gateway import Gateway
from fake_gateways.policies.session_view import SessionView, without_zone
from fake_gateways.session.patience import Patience
from fake_gateways.smtp import auth, standard_replies
from fake_gateways.smtp.auth import begin_login
from fake_gateways.smtp.command import MAX_LINE_OCTETS
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.states import HANDSHAKE, TRANSITIONS, State

# Constants, because Python 3.11 calls a function for each use of a member of an Enum.
_GREETED: Final = State.GREETED
_CONTENT: Final = State.CONTENT
_CLOSED: Final = State.CLOSED
_CLOSING: Final = State.CLOSING


class Connection:
    """What a session has from its beginning to its end, whatever is said.

    ``longest_line`` is how many octets a line of the client may have, with its CRLF.
    """

    def __init__(self, gateway: Gateway, view: SessionView, peer_port: int) -> None:
        self.gateway = gateway
        self._state = State.CONNECTED
        self._view = view
        self._no_envelope = view.envelope
        self._say: Callable[[str], Reply] = partial(gateway.say, view)
        self._decider = Decider(gateway, view, peer_port)
        self._patience = Patience(gateway.limits, view)
        self.longest_line = MAX_LINE_OCTETS if gateway.login is None else auth.MAX_LINE_OCTETS
        self._login = begin_login(gateway.login)

    @property
    def wants_content(self) -> bool:
        """Whether the client is to send the content of a message next."""
        return self._state is _CONTENT

    @property
    def wants_tls(self) -> bool:
        """Whether the connection is to be encrypted next."""
        return self._state is State.TLS

    @property
    def closing(self) -> bool:
        """Whether the connection is to be closed after the last reply, or is closed already."""
        return self._state is _CLOSING or self._state is _CLOSED

    def talked_early(self) -> None:
        """Note that the client sent something before the greeting."""
        self._view.talked_early = True

    def encrypted(self) -> None:
        """Note that the connection is encrypted from its beginning (RFC 8314 section 3)."""
        self._view.secure = True

    def present(self, address: str) -> None:
        """Replace the client's address, as a proxy or XCLIENT gives it."""
        self.gateway.disconnect(self._view.peer_address)
        self._view.peer_address = without_zone(address)
        self.gateway.connections[self._view.peer_address] += 1

    def secured(self) -> None:
        """Start again on the encrypted connection; what the client said before is forgotten (RFC 3207 section 4.2)."""
        self._abort_transaction(Stage.EHLO)
        self._view.secure = True
        self._view.helo = ""
        self._login = begin_login(self.gateway.login)
        self._patience.encrypted()
        self._move(TRANSITIONS[State.TLS][HANDSHAKE].accepted)

    def refuse_tls(self) -> Reply:
        """Return the reply to a STARTTLS that cannot be served after all."""
        self._move(TRANSITIONS[State.TLS][HANDSHAKE].refused)
        return standard_replies.NO_TLS

    def hang_up(self, reply: Reply) -> Reply:
        """End the dialogue from the server's side with a last reply."""
        self.lost()
        return reply

    def lost(self) -> None:
        """Mark the connection as closed. Idempotent."""
        self._abort_transaction()
        if self._state is not _CLOSED:
            self._state = _CLOSED
            self.gateway.disconnect(self._view.peer_address)

    def _move(self, state: State) -> None:
        if self._state is _CLOSED:
            return  # the client may be gone while an answer was awaited
        # The name may be known: from XCLIENT, or from an EHLO before a failed STARTTLS.
        self._state = State.INTRODUCED if state is _GREETED and self._view.helo else state

    def _mistake(self, reply: Reply, *, unrecognized: bool = False, without_recipients: bool = False) -> Reply:
        """Count a mistake of the client; beyond a limit of the persona, close the connection."""
        over = self._patience.mistake(unrecognized=unrecognized, without_recipients=without_recipients)
        return reply if over is None else self.hang_up(self.gateway.word(self._view, over))

    def _abort_transaction(self, forgets: Stage = Stage.MAIL) -> None:
        """End the transaction without delivery; record it for its recipients; forget what was filed from a stage on."""
        self._decider.cut(in_content=self._state is _CONTENT or self._state is State.CHUNKS)
        self._end_transaction(forgets)

    def _end_transaction(self, forgets: Stage = Stage.MAIL) -> None:
        self._view.recipient = ""
        self._view.envelope = self._no_envelope
        self._view.content = b""
        self._decider.forget(forgets)
