"""Values of a scenario file that are too large, too small, too deep or too many: a sentence each, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from fivefifty_command import apart, complaint
from small_scenario import bent, write

from probe.input_error import InputError
from probe.lab.prepare import prepare
from probe.scenario.load import load

NINES = "9" * 400


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = 7", f"seed = {'9' * 5000}", ": is not valid TOML (an integer has more than 64 bits); "),
        ("seed = 7", f"seed = 0x{'f' * 5000}", ": is not valid TOML (an integer has more than 64 bits); "),
        ("seed = 7", f"seed = 7\n{'a.' * 3000}b = 1", ": is not valid TOML (a key has more than 100 parts "),
        ("claims =", f'size_limit = "{NINES} MB"\nclaims =', f": gateway.acme.size_limit: '{NINES} MB' is not a size "),
        ('rate = "10/1s"', f'rate = "{NINES}/1s"', f": sender.rate: '{NINES}/1s' is not a rate "),
        ('rate = "10/1s"', f'rate = "10/{NINES}s"', f": sender.rate: '10/{NINES}s' is not a rate "),
        ('first = "5m"', f'first = "{"9" * 5000}m"', ": sender.retry.first: '999"),
        ("seed = 7", f"seed = 7\n{'k' * 5000} = 1", f": {'k' * 500}...{'k' * 500}: is not a known key; "),
        ("claims =", 'foreign = "127.0.0.2:\u00b2"\nclaims =', ": gateway.acme.foreign: '127.0.0.2:\u00b2' is not "),
        ("claims =", f'foreign = "127.0.0.2:{"9" * 5000}"\nclaims =', ": gateway.acme.foreign: '127.0.0.2:999"),
        ("claims =", 'address = "fe80::1%lo"\nclaims =', ": gateway.acme.address: 'fe80::1%lo' is not an IP address; "),
    ],
)  # fmt: skip
def test_a_value_that_is_too_large_is_told_in_a_short_sentence(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, bent(old, new))
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}{said}")
    assert len(str(caught.value)) < 2_500


@pytest.mark.parametrize("turnover", ["1e-320", "1e-300", "1e-9"])
def test_a_turnover_that_is_as_good_as_none_moves_nobody_beyond_the_end_of_time(turnover: str, tmp_path: Path) -> None:
    prepared = prepare(load(write(tmp_path, bent("departed = 0.1", f"turnover = {turnover}"))))
    (company,) = prepared.companies
    assert prepared.directory(company).left_at == {}


def test_names_that_are_given_twice_are_found_in_a_long_file(tmp_path: Path) -> None:
    """Each used to be compared with all others."""
    gateways = "".join(f'[[gateway]]\nname = "g{each % 2999}"\ndomains = ["g{each}.example"]\n' for each in range(3000))
    path = write(tmp_path, bent("[[gateway]]", f"{gateways}[[gateway]]"))
    with pytest.raises(InputError, match="two gateways are called g0; give one another name"):
        load(path)


MANY = bent(
    'domains = ["acme.example"]\nmailboxes = { count = 20, departed = 0.1 }',
    "companies = 30\nmailboxes = { count = 60 }",
)
"""Thirty gateways, each with sockets of its own."""


@pytest.mark.parametrize("most", [24, 40])
def test_too_many_open_files_are_told_with_the_limit_to_raise(most: int, tmp_path: Path) -> None:
    scenario = write(tmp_path, MANY)
    limited = ["sh", "-c", f'ulimit -n {most}; exec "$@"', "sh"]
    told = complaint(apart("run", scenario, "--workers", "1", "--out", tmp_path / "run", prefix=limited))
    assert told.startswith("this machine: cannot go on (Too many open files); ")


def test_a_process_may_open_as_many_files_as_the_system_lets_it(tmp_path: Path) -> None:
    scenario = write(tmp_path, MANY)
    limited = ["sh", "-c", 'ulimit -Sn 40; exec "$@"', "sh"]
    assert apart("run", scenario, "--workers", "1", "--out", tmp_path / "run", prefix=limited).returncode == 0
