"""One client's dialogue with a gateway that speaks LMTP (RFC 2033), without a socket."""

from __future__ import annotations

from dataclasses import replace

from fake_gateways.decider import Rejection, Response, waited_for
from fake_gateways.gateway import Gateway
from fake_gateways.session import Dialogue, Session
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.lmtp import RepliesPerRecipient, read_command
from fake_gateways.smtp.reply import Garbled, Reply
from fake_gateways.smtp.states import END_OF_DATA, TRANSITIONS, State


class LmtpSession(Session):
    """The server's side of one connection. After the content, each recipient is decided and answered by itself."""

    _read = staticmethod(read_command)
    _waiting: tuple[str, ...] = ()
    """Recipients of the message that are not decided yet, without the one that is being decided."""

    def content(self, octets: bytes) -> Dialogue:
        """Answer the end of data: decide for each recipient as if the message had no other."""
        view = self._view
        view.content = octets
        whole = view.envelope
        replies: list[Reply | Garbled] = []
        outcome: Reply | Rejection | None = None
        for number, recipient in enumerate(whole.recipients, 1):
            view.envelope = replace(whole, recipients=[recipient])
            self._waiting = tuple(whole.recipients[number:])
            rejection = yield from waited_for(self._decider.judge(Stage.END_OF_DATA))
            outcome = self._decider.accept() if rejection is None else rejection
            self._decider.forget(Stage.END_OF_DATA)
            replies.append(outcome.response if isinstance(outcome, Rejection) else outcome)
            if isinstance(outcome, Rejection) and outcome.closes:
                view.envelope = replace(whole, recipients=list(self._waiting))
                self._decider.cut(in_content=False)
                break
        self._waiting = ()
        self._end_transaction()
        self._patience.message_ended(accepted=any(isinstance(reply, Reply) and reply.accepts for reply in replies))
        closes = isinstance(outcome, Rejection) and outcome.closes
        self._follow(TRANSITIONS[State.CONTENT][END_OF_DATA], Rejection(replies[-1], closes=closes))
        return RepliesPerRecipient(replies)

    def content_too_large(self) -> Response:
        """Answer the end of data that exceeded the size limit, once for each recipient."""
        count = len(self._view.envelope.recipients)
        reply = super().content_too_large()
        return RepliesPerRecipient([reply] * count) if isinstance(reply, Reply) else reply

    def _abort_transaction(self, forgets: Stage = Stage.MAIL) -> None:
        self._view.envelope.recipients.extend(self._waiting)
        self._waiting = ()
        super()._abort_transaction(forgets)


def open_lmtp_session(gateway: Gateway, peer_address: str, peer_port: int) -> LmtpSession:
    """Begin a session with a client that speaks LMTP. The server has not spoken yet."""
    return LmtpSession(gateway, gateway.connect(peer_address), peer_port)
