"""What mistakes cost: the user's own prices, in any currency."""

from __future__ import annotations

from fake_gateways.strict import Strict
from fake_gateways.units import Share


class MistakePrices(Strict):
    """The price of a living customer suppressed, of a dead address mailed again, and of a bounce rate that harms.

    ``reputation`` is paid once for a campaign whose hard bounces, were it sent again to everybody kept, would be more
    than ``above``: beyond it mailbox providers begin to distrust a sender.
    """

    living: float = 0.0
    dead: float = 0.0
    reputation: float = 0.0
    above: Share = 0.02
