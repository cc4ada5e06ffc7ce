"""How to point a mail server at the gateways that serve has opened: the files it can use, and what to write where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from probe.input_error import InputError
from probe.lab.prepare import PreparedScenario
from probe.lab.serve import Place


def write(prepared: PreparedScenario, place: Place, folder: Path) -> list[str]:
    """Write ``recipients.csv`` and ``postfix_transport`` into a folder and return directions, line by line.

    Raises InputError for a file that cannot be written.
    """
    recipients, table = folder / "recipients.csv", folder / "postfix_transport"
    try:
        recipients.write_text("email\n" + "".join(f"{address}\n" for address in prepared.everybody), "utf-8")
        table.write_text(transport_map(prepared, place), "utf-8")
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InputError(error.filename or folder, problem, "choose another folder with --out") from None
    sources = [ip.address for ip in prepared.loaded.scenario.sender.ips]
    return [
        *directions(prepared, place, prepared.everybody[0], sources, table),
        "",
        f"recipients   {recipients}",
    ]


def transport_map(prepared: PreparedScenario, place: Place) -> str:
    """Return a Postfix transport table that leads every domain to its gateway (transport(5), texthash)."""
    return "".join(
        f"{domain} smtp:[{company.address}]:{place.smtp_port}\n"
        for company in prepared.companies
        for domain in company.domains
    )


def directions(
    prepared: PreparedScenario, place: Place, example: str, sources: Sequence[str], table: Path
) -> list[str]:
    """Return how to point a mail server at the gateways, line by line."""
    domain = example.rpartition("@")[2]
    company = next(each for each in prepared.companies if domain in each.domains)
    return [
        f"nameserver   {place.dns_address} port {place.dns_port}, UDP and TCP, for every name of the scenario",
        f"gateways     {len(prepared.companies)}, each on its own address, port {place.smtp_port}",
        "",
        "ask a name:",
        f"  dig @{place.dns_address} -p {place.dns_port} MX {domain}",
        "one message with swaks, from one of the sender's addresses:",
        f"  swaks --server {company.address}:{place.smtp_port} --local-interface {sources[0]} \\",
        f"    --from news@{prepared.loaded.scenario.sender.return_path} --to {example}",
        "a whole Postfix, in main.cf:",
        f"  smtp_bind_address = {sources[0]}",
        f"  transport_maps = texthash:{table.absolute()}",
    ]
