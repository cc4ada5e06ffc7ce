"""The user's prices of wrong decisions, in any currency."""

from __future__ import annotations

from fake_gateways.strict import Strict
from fake_gateways.units import Share


class MistakePrices(Strict):
    """The prices of wrong decisions.

    ``living`` is the price of suppressing a living recipient, ``dead`` of keeping a dead one. ``reputation`` is the
    price of a campaign that, sent again to all kept recipients, would have a share of hard bounces over ``above``:
    mailbox providers distrust such a sender. ``unseen`` is the price of a message that misses the inbox because of a
    listing, while no reply says so.
    """

    living: float = 0.0
    dead: float = 0.0
    reputation: float = 0.0
    above: Share = 0.02
    unseen: float = 0.0
