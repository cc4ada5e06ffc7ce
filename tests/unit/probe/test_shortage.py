"""What this machine has run short of is told in one sentence; any other error stays as it is."""

from __future__ import annotations

import errno
import os

import pytest

from probe.input_error import InputError
from probe.shortage import SHORT, shortages


def of(number: int, file: str | None = None) -> OSError:
    """Return an error as the system raises it."""
    return OSError(number, os.strerror(number), file)


def wrapped(number: int) -> OSError:
    """Return an error as uvloop raises it."""
    error = OSError("Bind failed")
    error.__cause__ = of(number)
    return error


@pytest.mark.parametrize("error", [of(errno.EMFILE), of(errno.EADDRNOTAVAIL), wrapped(errno.ENOBUFS)], ids=repr)
def test_a_shortage_is_told_with_what_to_do(error: OSError) -> None:
    with (
        pytest.raises(
            InputError, match=r"^this machine: cannot go on \(.+\); end other programs or raise its limits, "
        ),
        shortages(),
    ):
        raise error


@pytest.mark.parametrize("error", [of(errno.EPERM), of(errno.EMFILE, "news.toml"), wrapped(errno.EINVAL)], ids=repr)
def test_another_error_stays_as_it_is(error: OSError) -> None:
    with pytest.raises(OSError) as raised, shortages():  # noqa: PT011 - the very one
        raise error
    assert raised.value is error


def test_a_disk_that_is_full_is_no_shortage_of_the_machine() -> None:
    assert errno.ENOSPC not in SHORT
