"""Says in one sentence that the machine has run short of something, which is no fault of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from probe.input_error import InputError

SHORT: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN, errno.EADDRNOTAVAIL, errno.ETIMEDOUT}
)
"""No more descriptors, buffers, memory, processes or ports, or no time for an answer within this process."""
_REMEDY: Final = "end other programs or raise its limits, then continue with --resume"


@contextmanager
def shortages() -> Iterator[None]:
    """Turn an OSError about descriptors, ports, processes or memory of the machine into an InputError."""
    try:
        yield
    except OSError as raised:
        # uvloop wraps the error of a datagram socket in one that has no number.
        cause = raised.__cause__
        error = cause if raised.errno is None and isinstance(cause, OSError) else raised
        if error.filename is not None or error.errno not in SHORT:
            raise
        raise InputError("this machine", f"cannot go on ({error.strerror})", _REMEDY) from None
