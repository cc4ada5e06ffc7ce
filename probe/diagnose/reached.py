"""What is found where there is no refusal to explain: the recipient is accepted, or there is no server to ask."""

from __future__ import annotations

from typing import Any, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.diagnosis import Observed
from probe.diagnose.document import Accepted, NotReached, dialogue_of, said


class Reached(NamedTuple):
    """The recipient is accepted. ``deferred`` is the first answer if that was a deferral, as greylists give."""

    recipient: str
    observed: Observed
    deferred: Observed | None = None

    def sentences(self) -> list[str]:
        """Return what was found."""
        has_message = self.observed.result.stage is Stage.END_OF_DATA
        what = "The message was accepted" if has_message else "The recipient is accepted at RCPT"
        found = [f"{self.recipient} is reachable. {what}:", f"    {said(self.observed)}"]
        if self.deferred is not None:
            waited = round(self.observed.at - self.deferred.at)
            found += [f"{waited} seconds before, the answer was:", f"    {said(self.deferred)}"]
            found.append("That is how a greylist works: send again after some minutes, from the same IP address.")
        if not has_message:
            found.append("Nothing was sent. Whether your message is accepted shows --message FILE, which sends it.")
        return found

    def document(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        deferred = None if self.deferred is None else dialogue_of(self.deferred, self.recipient)
        accepted = dialogue_of(self.observed, self.recipient)
        made = Accepted(recipient=self.recipient, accepted=accepted, deferred=deferred)
        return made.model_dump(mode="json", by_alias=True)


class Unreached(NamedTuple):
    """No server could be asked, from any address of ours: it is down, or something on the way drops our packets."""

    recipient: str
    observed: Observed

    def sentences(self) -> list[str]:
        """Return what was found."""
        return [
            f"Nobody could be asked about {self.recipient}: {said(self.observed)}.",
            "The server is down, or it or a network on the way ignores this IP address.",
            "Nothing can be said about the mailbox. Try again later, and from another IP address with --source.",
        ]

    def document(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        made = NotReached(recipient=self.recipient, failed=dialogue_of(self.observed, self.recipient))
        return made.model_dump(mode="json", by_alias=True)
