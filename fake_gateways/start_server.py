"""Starts a listener so that it is closed again if that is interrupted."""

from __future__ import annotations

import asyncio


async def started(listener: asyncio.Server) -> asyncio.Server:
    """Start a listener that was made with ``start_serving=False``. Interrupted, asyncio's own start leaves it open."""
    try:
        await listener.start_serving()
    except BaseException:
        listener.close()
        raise
    return listener
