"""Dialogues of a gateway's session and of its model, step by step, and what must be the same of both."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, NamedTuple

from fake_gateways.decider import Response
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.session import Answered, Session, open_session
from fake_gateways.session.lmtp import open_lmtp_session
from fake_gateways.smtp.lmtp import RepliesPerRecipient
from fake_gateways.smtp.reply import Garbled, Reply
from fake_gateways.truth import Truth
from fake_gateways.verdict import Answer
from simulation.fuzzing.server_model import MISTAKE, Asked, Expected, Row, ServerModel
from simulation.fuzzing.told_policies import ADDRESSES, DOMAIN, TOLD, gateway

LOGINS: Final = (
    *("PLAIN AGFubgBzZWNyZXQ=", "PLAIN AGFubgB3cm9uZw==", "PLAIN AGFubg==", "PLAIN", "LOGIN", "LOGIN YW5u"),
    *("PLAIN !", "PLAIN ="),
)
RESPONSES: Final = ("AGFubgBzZWNyZXQ=", "YW5u", "c2VjcmV0", "c2VjcmV0", "*", "")
PARAMETERS: Final = ("", "", "", " NOTIFY=NEVER", " NOTIFY=SUCCESS", " NOTIFY=SUCCESS,FAILURE")
NAMES: Final = ("alice", "boris", "clara.whole", "alice")
VERBS: Final = ("NOOP", "VRFY", "HELP", "RSET", "NONSENSE", "X", "BDAT", "LHLO", "HELO", "EHLO")


class Step(NamedTuple):
    """What happens next. With ``leaves``, the client leaves as soon as a policy waits for something from outside."""

    kind: str
    verb: str = ""
    text: str = ""
    leaves: bool = False

    @property
    def line(self) -> bytes:
        """The command line."""
        return f"{self.verb} {self.text}".rstrip(" ").encode()


class Mismatch(AssertionError):  # noqa: N818 - it is a finding
    """The session did something else than the model."""


class Dialogues:
    """A gateway and its model, which take the same steps."""

    def __init__(self, *, lmtp: bool = False, wants_login: bool = False, wants_tls: bool = False) -> None:
        self._truths: list[Truth] = []
        self._reports: list[DeliveryReport] = []
        self._gateway = gateway(
            self._truths.append, self._reports.append, lmtp=lmtp, wants_login=wants_login, wants_tls=wants_tls
        )
        self._begin = open_lmtp_session if lmtp else open_session
        self._session: Session
        self.model = ServerModel(lmtp=lmtp, wants_login=wants_login, wants_tls=wants_tls)
        self.taken: list[Step] = []

    @property
    def phase(self) -> str:
        """Where the dialogue is, as the model sees it."""
        return self.model.phase

    def due(self, choice: int) -> Step:
        """Return a step that is possible now, by a number of 16 bits: mostly one that leads on."""
        kind, told = choice % 32, TOLD[choice // 32 % len(TOLD)]
        leaves = choice >> 15 & 1 == 1
        if self.phase == "closed":
            return Step("connect", text=ADDRESSES[TOLD.index(told)], leaves=leaves)
        if kind == 0 and choice % 3 == 0:
            return Step("lose")
        if self.phase == "content":
            name = NAMES[choice // 700 % len(NAMES)]
            text = f"{name}:{told}" if kind % 4 == 1 else told
            return Step("large") if kind == 1 else Step("content", text=text, leaves=leaves)
        if self.phase == "tls":
            return Step("handshake", text="works" if kind % 4 else "")
        if self.phase == "login" and kind % 4:
            return Step("say", RESPONSES[choice // 32 % len(RESPONSES)])
        if kind < 20:
            kind = {"refused": 30, "greeted": 20, "introduced": 22, "mail": 24, "rcpt": (24, 26)[kind % 2]}.get(
                self.phase, 28
            )
        return self._command(kind, choice // 32, told, leaves=leaves)

    def _command(self, kind: int, choice: int, told: str, *, leaves: bool) -> Step:
        dotted = f".{told}" if told else ""
        match kind:
            case 20 | 21:
                verb = "LHLO" if self.model.lmtp else ("EHLO", "HELO")[choice % 2]
                return Step("say", verb, f"mta1{dotted}.example", leaves)
            case 22 | 23:
                path = ("", f"news{dotted}@sender.example", f"news.data{dotted}@sender.example")[min(choice % 5, 2)]
                odd = {7: " SIZE=10001", 8: " SIZE=100"}.get(choice % 23, "")
                return Step("say", "MAIL", f"FROM:<{'ü@sender.example' if choice % 29 == 5 else path}>{odd}", leaves)
            case 24 | 25:
                name = NAMES[choice % len(NAMES)]
                asked = PARAMETERS[choice // 3 % len(PARAMETERS)]
                return Step("say", "RCPT", f"TO:<{name}{dotted}@{DOMAIN}>{asked}", leaves)
            case 26:
                return Step("say", "DATA", leaves=leaves)
            case 27:
                return Step("say", "AUTH", LOGINS[choice % len(LOGINS)])
            case 28 | 29:
                words = f"ADDR={ADDRESSES[TOLD.index(told)]}" * (choice % 4 > 0) + " HELO=mta9.example" * (
                    choice % 3 > 0
                )
                return Step("say", "XCLIENT", words.strip() or "HELO=mta8.example", leaves)
            case 30:
                return Step("say", "STARTTLS") if choice % 5 else Step("say", "QUIT")
            case _:
                return Step("long") if choice % 12 == 11 else Step("say", VERBS[choice % len(VERBS)], leaves=leaves)

    def take(self, step: Step) -> None:
        """Let both take a step; raises Mismatch if they differ."""
        self.taken.append(step)
        rows, reports = len(self._truths), len(self._reports)
        codes = self._act(step)
        wanted = self._expect(step)
        found = Expected(
            codes,
            [_row(truth) for truth in self._truths[rows:]],
            [report.recipients for report in self._reports[reports:]],
        )
        self._agree(
            "codes", [code if code < 500 or MISTAKE not in wanted.codes else MISTAKE for code in codes], wanted.codes
        )
        self._agree("rows", found.rows, wanted.rows)
        self._agree("reports", found.reports, wanted.reports)
        self._agree(
            "connections", dict(self._gateway.connections), {} if self.phase == "closed" else {self.model.peer: 1}
        )
        self._agree("content", self._session.wants_content, self.phase == "content")
        self._agree("handshake", self._session.wants_tls, self.phase == "tls")
        self._agree("closing", self._session.closing, self.phase == "closed")

    def _agree(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            steps = "\n".join(f"  {number}: {step}" for number, step in enumerate(self.taken, 1))
            raise Mismatch(f"{what}: {found}\nthe model has {wanted}, after\n{steps}")

    def _expect(self, step: Step) -> Expected:
        model = self.model
        model.leaves, model.expected = step.leaves, Expected()
        try:
            match step.kind:
                case "connect":
                    model.connect(step.text)
                case "say":
                    model.say(step.verb, step.text)
                case "content":
                    model.content(step.text)
                case "large":
                    model.content_too_large()
                case "long":
                    model.line_too_long()
                case "handshake":
                    model.handshake(works=bool(step.text))
                case "lose":
                    model.lose()
        except Asked:
            model.expected.codes.clear()
        return model.expected

    def _act(self, step: Step) -> list[int]:
        """Let the session take a step; return the codes of its replies."""
        answered: Answered | None = None
        match step.kind:
            case "connect":
                self._session = self._begin(self._gateway, step.text, 40_000)
                answered = self._session.greet()
            case "say":
                answered = self._session.command(step.line)
            case "content":
                answered = self._session.content(step.text.encode())
            case "large":
                answered = self._session.content_too_large()
            case "long":
                answered = self._session.line_too_long()
            case "handshake":
                self._session.secured() if step.text else self._session.refuse_tls()
            case "lose":
                self._session.lost()
        response = self._follow(answered, step) if isinstance(answered, Generator) else answered
        if self._session.closing:
            self._session.lost()
        return [] if response is None else _codes(response)

    def _follow(self, dialogue: Generator[object, Answer, Response], step: Step) -> Response | None:
        try:
            next(dialogue)
            while not step.leaves:
                dialogue.send(Answer())
        except StopIteration as finished:
            response: Response = finished.value
            return response
        self._session.lost()
        dialogue.close()
        return None


def _codes(response: Response) -> list[int]:
    if isinstance(response, RepliesPerRecipient):
        return [code for reply in response.replies for code in _codes(reply)]
    if isinstance(response, Garbled):
        return [-1 if response.octets else 0]
    return [response.code] if isinstance(response, Reply) else []


def _row(truth: Truth) -> Row:
    return Row(
        truth.session,
        truth.transaction,
        truth.stage,
        truth.peer_address,
        truth.helo,
        truth.return_path,
        truth.recipient,
        truth.fate,
        truth.policy,
    )
