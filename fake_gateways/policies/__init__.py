"""The policies of a gateway. Each is one behaviour, in one file, under one name; the union below registers them.

A gateway asks the policies in the order of its persona. Policies that the persona does not mention take their place
from the order here.
"""

from __future__ import annotations

from typing import Annotated, Final, get_args

from pydantic import Field

from fake_gateways.policies import (
    as_logged,
    attachments,
    client_name,
    connections,
    content,
    directory,
    directory_harvest,
    dkim,
    dmarc,
    earned_reputation,
    fault,
    geography,
    greet_pause,
    greylisting,
    ip_reputation,
    message_size,
    messages_per_connection,
    recipient_verification,
    recipients_per_message,
    relay,
    restricted_recipients,
    sender_domain,
    sender_reputation,
    spf,
    tarpit,
    tls_required,
    url_blocklist,
    velocity,
    virus,
)
from fake_gateways.policies.guard import Guard, guards
from fake_gateways.policies.policy import Policy, Settings

_Any = (
    fault.FaultSettings
    | connections.ConnectionsSettings
    | greet_pause.GreetPauseSettings
    | tarpit.TarpitSettings
    | geography.GeographySettings
    | ip_reputation.IpReputationSettings
    | earned_reputation.EarnedReputationSettings
    | client_name.ClientNameSettings
    | tls_required.TlsRequiredSettings
    | messages_per_connection.MessagesPerConnectionSettings
    | sender_domain.SenderDomainSettings
    | sender_reputation.SenderReputationSettings
    | spf.SpfSettings
    | velocity.VelocitySettings
    | directory_harvest.DirectoryHarvestSettings
    | recipients_per_message.RecipientsPerMessageSettings
    | relay.RelaySettings
    | recipient_verification.RecipientVerificationSettings
    | restricted_recipients.RestrictedRecipientsSettings
    | as_logged.AsLoggedSettings
    | directory.DirectorySettings
    | greylisting.GreylistingSettings
    | dkim.DkimSettings
    | dmarc.DmarcSettings
    | message_size.MessageSizeSettings
    | virus.VirusSettings
    | attachments.AttachmentsSettings
    | url_blocklist.UrlBlocklistSettings
    | content.ContentSettings
)
AnySettings = Annotated[_Any, Field(discriminator="type")]

KINDS: Final[dict[str, type[Settings]]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(_Any)
}
"""The settings class of each policy, by the name of the policy."""


def begin(settings: Settings, seed: str, starts: float) -> Policy:
    """Return the policy with an empty memory, behind a guard if its settings need one."""
    policy = settings.begin()
    return Guard(policy, settings, seed, starts) if guards(settings) else policy
