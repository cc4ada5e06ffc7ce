"""What a cause means for the sender, in plain words: what was found, what to do, and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from fake_gateways.truth import Cause


class Advice(NamedTuple):
    """What was found, what to do, and who can help; ``ask`` is empty if nobody else is needed."""

    finding: str
    remedy: str
    ask: str

    @property
    def help(self) -> str:
        """Who can help, as a sentence."""
        return f"Who can help: {self.ask}." if self.ask else "You can fix it yourself."

    @property
    def reader(self) -> str:
        """Who should get a letter with the evidence: the recipient's IT team or your mail provider, "" if neither."""
        return next((each for each in (ADMINISTRATOR, PROVIDER) if each in self.ask), "")


ADMINISTRATOR: Final = "the recipient's IT team"
PROVIDER: Final = "your mail provider"
_NOBODY: Final = ""

ADVICE: Final[Mapping[Cause, Advice]] = {
    Cause.USER_UNKNOWN: Advice(
        "The mailbox does not exist.", "Remove the address from your list.", "your contact at the company, by telephone"
    ),
    Cause.MAILBOX_DISABLED: Advice(
        "The mailbox exists, but is disabled.",
        "Remove the address from your list.",
        "your contact at the company, by telephone",
    ),
    Cause.ADDRESS_MOVED: Advice(
        "The recipient has another address now.", "Ask for the new address.", "your contact at the company"
    ),
    Cause.BAD_DOMAIN: Advice(
        "The domain does not accept mail.", "Remove the addresses of this domain, or correct them.", "the company"
    ),
    Cause.MAILBOX_FULL: Advice(
        "The mailbox is full.", "Keep the address and send again in a few weeks.", "your contact at the company"
    ),
    Cause.IP_REPUTATION: Advice(
        "The gateway does not trust the IP address that you send from.",
        "Keep the address. Find out which blocklist has your IP address, remove the reason, and ask to be removed.",
        f"{PROVIDER}, then {ADMINISTRATOR}",
    ),
    Cause.SENDER_REJECTED: Advice(
        "The gateway refuses your domain.",
        "Keep the address. Ask to have your domain allowed.",
        ADMINISTRATOR,
    ),
    Cause.CONTENT: Advice(
        "The gateway refuses what your message says or links to.",
        "Keep the address. Change the message: links, tracking, wording.",
        f"if plain messages are refused too, {ADMINISTRATOR}",
    ),
    Cause.VIRUS: Advice(
        "The gateway takes your message for malware.",
        "Keep the address. Check your attachments and the pages you link to.",
        _NOBODY,
    ),
    Cause.POLICY: Advice(
        "The gateway has a rule that your mail breaks: attachments, names, regions, or who may write to the recipient.",
        "Keep the address. Ask which rule it is.",
        ADMINISTRATOR,
    ),
    Cause.AUTHENTICATION: Advice(
        "Your mail does not prove that it comes from you.",
        "Keep the address. Correct SPF, DKIM and DMARC of your domains.",
        PROVIDER,
    ),
    Cause.VELOCITY: Advice(
        "You send too fast for this gateway.",
        "Keep the address. Send more slowly to this company, and over fewer connections.",
        PROVIDER,
    ),
    Cause.TOO_LARGE: Advice(
        "The message is too large for this gateway.", "Keep the address. Send a smaller message.", _NOBODY
    ),
    Cause.TLS_REQUIRED: Advice(
        "The gateway accepts mail over TLS only.", "Keep the address. Switch on TLS for outgoing mail.", PROVIDER
    ),
    Cause.DIRECTORY_HARVEST: Advice(
        "The gateway has blocked you, because you wrote to too many addresses that do not exist.",
        "Keep the address. Remove dead addresses of this company first, then wait some hours.",
        ADMINISTRATOR,
    ),
    Cause.GREYLISTED: Advice(
        "The gateway accepts mail from unknown senders only at the second attempt.",
        "Keep the address. Try again after some minutes, from the same IP address.",
        PROVIDER,
    ),
    Cause.NETWORK: Advice("The gateway could not be reached.", "Keep the address. Try again later.", PROVIDER),
    Cause.SYSTEM: Advice("The gateway has a technical problem.", "Keep the address. Try again later.", ADMINISTRATOR),
}
"""Advice for every cause that a diagnosis tells apart."""
