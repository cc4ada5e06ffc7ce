"""Directions for a mail server that sends to the gateways of ``serve``, and the files it can use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from probe.lab.prepare import PreparedScenario
from probe.lab.serve import ListenAddresses
from probe.lab.trust_file import write_trust_files
from probe.user_files import write_here, writing


def write(prepared: PreparedScenario, listen: ListenAddresses, folder: Path, ca: bytes) -> list[str]:
    """Write the files that a sender can use into a folder, and return directions, line by line.

    The files are the list of recipients, Postfix's transport table, and the certificate of the authority ``ca``. Raises
    InputError for a file that cannot be written.
    """
    addresses = prepared.everybody or sorted(
        address for company in prepared.companies for address in prepared.directory(company).states
    )
    recipients, table = folder / "recipients.csv", folder / "postfix_transport"
    with writing(folder, "choose another folder with --out"):
        write_here(recipients, ("email\n" + "".join(f"{address}\n" for address in addresses)).encode())
        write_here(table, transport_map(prepared, listen).encode())
        trusted = write_trust_files(folder, ca)
    sources = [ip.address for ip in prepared.loaded.scenario.sender.ips]
    return [
        *directions(prepared, listen, addresses[0], sources, table),
        "",
        f"certificate  {trusted.pem}, for clients that verify the gateways' certificate:",
        *(f"  {variable}" for variable in trusted.environment()),
        "",
        f"recipients   {recipients}",
    ]


def transport_map(prepared: PreparedScenario, listen: ListenAddresses) -> str:
    """Return a Postfix transport table that routes every domain to its gateway (transport(5), texthash)."""
    return "".join(
        f"{domain} {'lmtp' if company.spec.lmtp else 'smtp'}:[{company.address}]:{listen.smtp_port}\n"
        for company in prepared.companies
        for domain in company.domains
    )


def directions(
    prepared: PreparedScenario, listen: ListenAddresses, example: str, sources: Sequence[str], table: Path
) -> list[str]:
    """Return the directions, line by line. ``table`` is the file of the transport table."""
    domain = example.rpartition("@")[2]
    ports = str(listen.smtp_port)
    if listen.submission_port is not None:
        ports += f", {listen.submission_port} for clients that log in"
    if listen.tls_port is not None:
        ports += f", {listen.tls_port} in TLS from the start"
    company = next(each for each in prepared.companies if domain in each.domains)
    return [
        f"nameserver   {listen.dns_address} port {listen.dns_port}, UDP and TCP, for every name of the scenario",
        f"gateways     {len(prepared.companies)}, each on its own address, port {ports}",
        "",
        "ask a name:",
        f"  dig @{listen.dns_address} -p {listen.dns_port} MX {domain}",
        "one message with swaks, from one of the sender's addresses:",
        f"  swaks --server {company.address}:{listen.smtp_port} --local-interface {sources[0]} \\",
        f"    --from news@{prepared.loaded.scenario.sender.return_path} --to {example}",
        "a whole Postfix, in main.cf:",
        f"  smtp_bind_address = {sources[0]}",
        f"  transport_maps = texthash:{table.absolute()}",
    ]
