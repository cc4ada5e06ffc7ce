"""The same small campaign to a real Postfix that is configured to lie, and to its simulated twin: the same figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from fivefifty_command import PASSED, fivefifty, free_port
from postfix_instance import postfix, require_postfix

pytestmark = pytest.mark.foreign

LISTED: Final = "127.10.0.2"
COMPANIES: Final = {"supplier": "127.9.4.1", "strict": "127.9.4.2", "plain": "127.9.4.3"}
"""Where each company's real server listens."""
PEOPLE: Final = 40
GONE: Final = 4
FIRST: Final = ("anna", "boris", "clara", "david", "erika", "fred", "greta", "hugo", "ines", "jan")
LAST: Final = ("berg", "cohen", "dahl", "engel")
MOST_APART: Final = 0.1
CLASSIFIERS: Final = ("code", "text", "context")

SCENARIO: Final = """\
schema = 1
name = "twin"
title = "Postfix servers that lie, or their twins"
seed = 1
{clock}
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{{ address = "127.10.0.1", share = 2 }}, {{ address = "127.10.0.2" }}]
rate = "200/1s"
retry = {{ first = "1s", factor = 1, longest = "1s", give_up_after = "2s" }}

[[campaign]]
name = "march"
message = "news.eml"

[[campaign]]
name = "april"
message = "minutes.eml"
at = "1s"
"""
TWINS: Final = {
    "supplier": f"""\
claims = "policy-service-is-unknown"

  [[gateway.policy]]
  type = "ip-reputation"
  deny = ["{LISTED}"]
""",
    "strict": """\
claims = "content-is-unknown"

  [[gateway.policy]]
  type = "content"
  rules = [{ where = "subject", pattern = "last chance", points = 9.0 }]
""",
    "plain": "",
}


def mailboxes_of(company: str) -> dict[str, bool]:
    """Return the addresses of a company, and whether each has a mailbox."""
    names = [f"{first}.{last}" for last in LAST for first in FIRST]
    step = PEOPLE // GONE
    return {f"{name}@{company}.example": number % step != 3 for number, name in enumerate(names)}


def scenario(folder: Path, servers: Mapping[str, str] | None) -> Path:
    """Write the scenario with real servers, or with their twins."""
    text = SCENARIO.format(clock='clock = "virtual"' if servers is None else 'clock = "wall"')
    for company in COMPANIES:
        boxes = ", ".join(
            f'{{ address = "{address}", state = "{"present" if is_there else "departed"}" }}'
            for address, is_there in mailboxes_of(company).items()
        )
        kind = 'persona = "postfix"' if servers is None else f'foreign = "{servers[company]}"'
        text += f'\n[[gateway]]\nname = "{company}"\n{kind}\ndomains = ["{company}.example"]\nmailbox = [{boxes}]\n'
        text += TWINS[company] if servers is None else ""
    for name, subject in (("news", "Last chance: the spring meeting"), ("minutes", "Minutes of Monday")):
        message = f"From: news@sender.example\nSubject: {subject}\n\nHello {{{{given_name}}}}.\n"
        (folder / f"{name}.eml").write_text(message, "utf-8")
    path = folder / ("twin.toml" if servers is None else "real.toml")
    path.write_text(text, "utf-8")
    return path


@contextmanager
def real_servers() -> Iterator[Mapping[str, str]]:
    """Run a Postfix for each company; yields where they listen."""
    require_postfix()
    port = free_port()
    known = ", ".join(
        f"{{{address}=ok}}" for company in COMPANIES for address, is_there in mailboxes_of(company).items() if is_there
    )
    settings = {
        "relay_domains": ", ".join(f"{company}.example" for company in COMPANIES),
        "relay_recipient_maps": f"inline:{{ {known} }}",
        "mynetworks": "10.0.0.0/8",
        "transport_maps": f"inline:{{ {', '.join(f'{{{company}.example=discard:}}' for company in COMPANIES)} }}",
        "smtpd_error_sleep_time": "0",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_restriction_classes": "lying",
        "lying": "check_recipient_access regexp:{ {/./ 550 5.1.1 User unknown} }",
        "of_the_supplier": f"check_client_access inline:{{ {{{LISTED}=lying}} }}",
        "of_the_strict": "regexp:{ {/^Subject: Last chance/ REJECT 5.1.1 User unknown} }",
    }
    options = {
        "supplier": " -o smtpd_recipient_restrictions=$of_the_supplier",
        "strict": " -o cleanup_service_name=strict",
        "plain": "",
    }
    services = "anvil unix - - n - 1 anvil\nstrict unix n - n - 0 cleanup -o header_checks=$of_the_strict\n" + "".join(
        f"{address}:{port} inet n - n - - smtpd{options[company]}\n" for company, address in COMPANIES.items()
    )
    with postfix("mx.acme.example", settings, services=services):
        yield {company: f"{address}:{port}" for company, address in COMPANIES.items()}


def figures(path: Path) -> dict[str, tuple[float, float]]:
    """Run the scenario; return by classifier the shares of the living suppressed and of the gone missed."""
    out = path.with_suffix("")
    done = fivefifty("run", path, "--out", out, *(word for name in CLASSIFIERS for word in ("--classifier", name)))
    assert (done.returncode, done.stderr) == (PASSED, ""), done
    card = json.loads((out / "scorecard.json").read_text("utf-8"))
    scores = card["classifiers"]
    return {name: (scores[name]["wrongly_suppressed_rate"], scores[name]["missed_dead_rate"]) for name in CLASSIFIERS}


def test_classifiers_do_as_well_at_a_real_postfix_as_at_its_twin(tmp_path: Path) -> None:
    twin = figures(scenario(tmp_path, None))
    with real_servers() as servers:
        real = figures(scenario(tmp_path, servers))
    for part in (0, 1):
        by_error = sorted(twin, key=lambda name: twin[name][part])
        assert [real[name][part] for name in by_error] == sorted(real[name][part] for name in by_error)
        assert all(abs(real[name][part] - twin[name][part]) <= MOST_APART for name in twin), (real, twin)
    assert twin["code"][0] > MOST_APART  # they do lie
