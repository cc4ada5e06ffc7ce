"""The event loop of a run: with as many files as the system allows, and only as long as it runs."""

from __future__ import annotations

import resource

import pytest

from probe.lab import event_loop


async def limit() -> tuple[int, int]:
    """Return the limit of open files."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)


def test_a_coroutine_may_open_all_files_and_what_follows_only_as_many_as_before() -> None:
    soft, hard = before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lower = min(soft, hard) - 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (lower, hard))
    try:
        assert event_loop.run(limit()) == (hard, hard)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (lower, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_is_restored_after_an_error() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with pytest.raises(ZeroDivisionError):
        event_loop.run(fail())
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before


@pytest.mark.parametrize("refusal", [ValueError("current limit exceeds maximum limit"), OSError(1, "not permitted")])
def test_where_the_system_refuses_another_limit_it_stays(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise refusal

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert event_loop.run(limit()) == before
