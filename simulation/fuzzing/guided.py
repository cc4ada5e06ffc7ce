"""Fuzzing guided by coverage: atheris, where it is installed, runs a target in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from simulation.fuzzing.target import Target

IS_POSSIBLE: Final = find_spec("atheris") is not None
_TOLD_EVERY: Final = 50
_COUNT: Final = "count"
_FAILING: Final = "failing-"
_OURS: Final = ["probe", "fake_gateways", "email"]
"""Packages whose branches guide."""


def run(target: Target, seed: str, folder: Path) -> tuple[list[bytes], int]:
    """Run a batch of a target's inputs; return those that failed, the first of each kind, and how many were tried."""
    for number, data in enumerate(target.inputs()):
        (folder / f"seed-{number}").write_bytes(data)
    command = [sys.executable, "-m", "simulation.fuzzing.guided", target.name, seed, str(folder)]
    told = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    counted = folder / _COUNT
    if told.returncode or not counted.exists():
        raise RuntimeError(f"atheris ended with {told.returncode}: {told.stderr[-2_000:].decode('utf-8', 'replace')}")
    return [each.read_bytes() for each in sorted(folder.glob(f"{_FAILING}*"))], int(counted.read_text("ascii"))


def _main(name: str, seed: str, place: str) -> None:
    import atheris  # noqa: PLC0415 - it is optional

    with atheris.instrument_imports(include=_OURS):
        from simulation.fuzzing.targets import TARGETS  # noqa: PLC0415 - the imports are what is instrumented
        from simulation.fuzzing.watch import tried  # noqa: PLC0415
    target = next(each for each in TARGETS if each.name == name)
    folder = Path(place)
    kinds: set[str] = set()
    count = 0

    def run_one(data: bytes) -> None:
        nonlocal count
        count += 1
        fault = tried(target, data)
        if fault is not None and fault.kind not in kinds:
            kinds.add(fault.kind)
            (folder / f"{_FAILING}{len(kinds)}").write_bytes(data)
        if count % _TOLD_EVERY == 0 or count == target.batch:
            (folder / _COUNT).write_text(str(count), "ascii")

    dictionary = folder / "words"
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), "ascii")
    corpus = folder / "corpus"
    corpus.mkdir()
    options: list[Any] = [
        f"-runs={target.batch}",
        f"-seed={zlib.crc32(seed.encode()) or 1}",
        f"-max_len={target.longest}",
        f"-dict={dictionary}",
        "-rss_limit_mb=0",
        "-timeout=0",
    ]
    atheris.Setup(["fuzz", *options, str(corpus), str(folder)], run_one)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{octet:02X}" for octet in word)


if __name__ == "__main__":
    _main(*sys.argv[1:])
