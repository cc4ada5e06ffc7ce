"""The states of an SMTP session, and the commands that lead from one state to the next.

Theory of operation
===================

A session is in exactly one state. An event - a command of the client, or one of the few events below that are not
commands - leads to the next state. Which one depends on the answer: the server accepts, or it refuses. Everything that
decides about the next state is in this file; ``session.py`` knows what to do and to say on the way.

The order of commands is that of RFC 5321 section 4.1.4:

- The server speaks first. A client must wait for the greeting, and introduce itself with EHLO or HELO before MAIL.
- A transaction is MAIL, one or more RCPT, DATA, and the content. A command out of this order gets 503, and changes
  nothing. So does a second MAIL in a transaction.
- EHLO, HELO and RSET are valid at any time after the greeting, and end the transaction without delivery.
- NOOP, VRFY, HELP and QUIT are valid at any time, ETRN (RFC 1985) outside a transaction.
- A server that refuses in its greeting (554) may keep the connection open. It then waits for QUIT, and answers
  everything else with 503 (section 3.1). Some servers still answer EHLO.

Four extensions add states, or take the session back towards its start:

- STARTTLS (RFC 3207) is valid outside a transaction. After the handshake the server forgets what the client said
  before, its name included, and the client says EHLO again (section 4.2).
- AUTH (RFC 4954) is valid between EHLO and MAIL. If the server answers with a challenge, the next line of the client is
  a response, not a command, until the login is accepted or refused. A second AUTH after a login gets 503.
- CHUNKING (RFC 3030): BDAT takes the place of DATA, with a part of the content after its line, whatever the reply will
  be. So it is in no table. The server answers after each part, and only more parts, or the end of the transaction, may
  follow.
- XCLIENT (postfix.org/XCLIENT_README.html) gives the session another client address, and perhaps its EHLO name. The
  server then greets again.

A refused command changes nothing, with three exceptions: a refused EHLO leaves the client without a name, a refused
DATA and refused content end the transaction (sections 4.1.1.1 and 4.1.1.4). At any time the server may close the
connection with a last reply, usually 421 (section 3.8), and either side may lose it: the states CLOSING and CLOSED.

A command that is not in the table of the current state is out of order. ``session.py`` refuses it, counts it as a
mistake of the client, and stays in the state. It does the same for a command with a syntax error.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final, NamedTuple

from fake_gateways.smtp.reply import Reply


class State(StrEnum):
    """Where a session is. Not to be confused with ``Stage``, the command at which a decision was taken."""

    CONNECTED = auto()
    """The client has connected. The server has not spoken yet."""
    REFUSED = auto()
    """The greeting refused the client. The server waits for QUIT."""
    GREETED = auto()
    """The server has greeted. The client has not introduced itself."""
    INTRODUCED = auto()
    """EHLO or HELO was accepted. No transaction is open."""
    AUTH = auto()
    """AUTH was answered with a challenge (334). The server waits for the client's response."""
    MAIL = auto()
    """MAIL was accepted. The transaction has no recipient yet."""
    RCPT = auto()
    """The transaction has at least one recipient."""
    CONTENT = auto()
    """DATA was answered with 354. The server waits for the content."""
    CHUNKS = auto()
    """A part of the content has come by BDAT. The server waits for the next part."""
    TLS = auto()
    """STARTTLS was answered with 220. The server waits for the TLS handshake."""
    CLOSING = auto()
    """The server has sent its last reply, and is to close the connection."""
    CLOSED = auto()
    """The connection is closed."""


GREETING: Final = "(greeting)"
"""Event: the server speaks first."""
END_OF_DATA: Final = "(end of data)"
"""Event: the content is complete, or was too large."""
END_OF_LOGIN: Final = "(end of login)"
"""Event: the login is accepted or refused."""
HANDSHAKE: Final = "(TLS handshake)"
"""Event: the TLS handshake is done; refused where the server has no certificate."""

NO_ARGUMENT: Final = frozenset({"DATA", "STARTTLS"})
"""Commands that allow no argument (RFC 5321 section 4.1.1.4, RFC 3207 section 4)."""


class OrderMistake(Exception):  # noqa: N818 - it is the client's mistake, answered with a reply
    """The command is not valid in the current state; ``reply`` says so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class Transition(NamedTuple):
    """The next state after an event that the server accepts, and after one that it refuses."""

    accepted: State
    refused: State


def _stays_in(state: State) -> Transition:
    return Transition(state, state)


def _at_any_time(state: State, *, after_reset: State) -> dict[str, Transition]:
    """Return the transitions of the commands that are valid in every state between greeting and content."""
    return {
        "EHLO": Transition(State.INTRODUCED, State.GREETED),
        "HELO": Transition(State.INTRODUCED, State.GREETED),
        "RSET": _stays_in(after_reset),
        "NOOP": _stays_in(state),
        "VRFY": _stays_in(state),
        "HELP": _stays_in(state),
        "QUIT": _stays_in(State.CLOSED),
    }


TRANSITIONS: Final[Mapping[State, Mapping[str, Transition]]] = {
    State.CONNECTED: {
        GREETING: Transition(State.GREETED, State.REFUSED),
    },
    State.REFUSED: {
        "EHLO": _stays_in(State.REFUSED),
        "QUIT": _stays_in(State.CLOSED),
    },
    State.GREETED: {
        **_at_any_time(State.GREETED, after_reset=State.GREETED),
        "STARTTLS": Transition(State.TLS, State.GREETED),
        "XCLIENT": Transition(State.GREETED, State.REFUSED),
    },
    State.INTRODUCED: {
        **_at_any_time(State.INTRODUCED, after_reset=State.INTRODUCED),
        "STARTTLS": Transition(State.TLS, State.INTRODUCED),
        "XCLIENT": Transition(State.GREETED, State.REFUSED),
        "AUTH": Transition(State.AUTH, State.INTRODUCED),
        "ETRN": _stays_in(State.INTRODUCED),
        "MAIL": Transition(State.MAIL, State.INTRODUCED),
    },
    State.AUTH: {
        END_OF_LOGIN: _stays_in(State.INTRODUCED),
    },
    State.MAIL: {
        **_at_any_time(State.MAIL, after_reset=State.INTRODUCED),
        "RCPT": Transition(State.RCPT, State.MAIL),
    },
    State.RCPT: {
        **_at_any_time(State.RCPT, after_reset=State.INTRODUCED),
        "RCPT": _stays_in(State.RCPT),
        "DATA": Transition(State.CONTENT, State.INTRODUCED),
    },
    State.CONTENT: {
        END_OF_DATA: _stays_in(State.INTRODUCED),
    },
    State.CHUNKS: _at_any_time(State.CHUNKS, after_reset=State.INTRODUCED),
    State.TLS: {
        HANDSHAKE: _stays_in(State.GREETED),
    },
    State.CLOSING: {},
    State.CLOSED: {},
}
