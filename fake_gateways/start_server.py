"""Starts a listener so that it is closed again if that is interrupted."""

from __future__ import annotations

import asyncio
import errno
import os


async def started(listener: asyncio.Server) -> asyncio.Server:
    """Start a listener that was made with ``start_serving=False``. Interrupted, asyncio's own start leaves it open.

    Raises OSError for one without a socket: asyncio passes over those that it cannot open.
    """
    if not listener.sockets:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    try:
        await listener.start_serving()
    except BaseException:
        listener.close()
        raise
    return listener
