"""Makes a failing world smaller while it breaks the same law."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from simulation.worlds.world import World

MOST_TRIES: Final = 2000
"""Most of them are invalid, which is found in milliseconds."""
MOST_S: Final = 20.0
"""A worker that shrinks tries nothing else, also when the time of its part is over."""
_FIRST: Final = ("gateway", "campaign", "dns", "policy", "ips", "limit")
"""The lists whose entries are dropped before other things."""
_MOST_HALVED: Final = 1


def shrunk(
    world: World,
    still_fails: Callable[[World], bool],
    tries: int = MOST_TRIES,
    clock: Callable[[], float] = time.monotonic,
) -> World:
    """Return a smaller world that still fails: without what it can fail without, and with small numbers."""
    ends = clock() + MOST_S
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(world):
            if not tries or clock() > ends:
                return world
            tries -= 1
            if still_fails(smaller):
                world, is_smaller = smaller, True
                break
    return world


def _smaller(world: World) -> Iterator[World]:
    """Yield worlds with one thing less, those with much less first."""
    for scenario in _without_one(world.scenario):
        yield replace(world, scenario=scenario)
    for name, content in world.files.items():
        lines = content.splitlines(keepends=True)
        if not name.endswith(".csv") or name not in world.named_files():
            continue
        for begin, end in _ranges(len(lines) - 1):
            kept = [*lines[: begin + 1], *lines[end + 1 :]]
            yield replace(world, files={**world.files, name: type(content)().join(kept)})


def _without_one(scenario: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths = sorted(_paths(scenario), key=_order)
    for path in paths:
        value = _at(scenario, path)
        if isinstance(value, list):
            for begin, end in _ranges(len(value)):
                yield _with(scenario, path, [*value[:begin], *value[end:]])
        if isinstance(value, list | dict):
            yield _with(scenario, path)
    # What a table has to have makes an invalid world, which costs little.
    for path in [(), *paths]:
        value = _at(scenario, path)
        if isinstance(value, dict):
            yield from (
                _with(scenario, path, {key: value[key] for key in [*value][:begin] + [*value][end:]})
                for begin, end in _ranges(len(value))
            )
    for path in paths:
        value = _at(scenario, path)
        if isinstance(value, int) and not isinstance(value, bool) and value > _MOST_HALVED and path[-1] == "count":
            yield _with(scenario, path, value // 2)


def _order(path: tuple[str | int, ...]) -> tuple[int, int]:
    """Sort lists of tables first, then the rest, what is nearer to the top before its parts."""
    return (_FIRST.index(path[-1]) if path[-1] in _FIRST else len(_FIRST), len(path))


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in a document that is in a table, and of tables in lists."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from _paths(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _paths(each, (*path, number))


def _ranges(length: int) -> Iterator[tuple[int, int]]:
    """Yield parts of a list to drop: halves, quarters, and so on down to single entries."""
    size = length // 2
    while size:
        yield from ((begin, min(begin + size, length)) for begin in range(0, length, size))
        size //= 2
    if length == 1:
        yield 0, 1


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


_DROP: Final = object()


def _with(value: Any, path: tuple[str | int, ...], new: Any = _DROP) -> Any:
    """Return a copy of a document with another value at a path, or without it."""
    if not path:
        return new
    step, *rest = path
    found: Any = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        found[step] = _with(value[step], tuple(rest), new)
    elif new is _DROP:
        del found[step]
    else:
        found[step] = new
    return found
