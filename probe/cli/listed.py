"""fivefifty listed: whether addresses and domains are on blocklists, and how the sender's own records are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from probe.cli.options import AsJson, Seed, load_scenario, seconds_of
from probe.input_error import InputError


def listed(
    *,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A scenario: ask its nameserver about its sender.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="DURATION", help="With a scenario: how long after its start (default: 0s).")
    ] = None,
    addresses: Annotated[
        list[str] | None, typer.Option(metavar="IP,...", help="Addresses and networks that you send from. Repeatable.")
    ] = None,
    domains: Annotated[
        list[str] | None, typer.Option(metavar="DOMAIN,...", help="Domains of your From fields and links. Repeatable.")
    ] = None,
    helo: Annotated[str | None, typer.Option(metavar="NAME", help="The name in EHLO.")] = None,
    return_path: Annotated[
        str | None, typer.Option("--from", metavar="DOMAIN", help="The domain of the return-path.")
    ] = None,
    selector: Annotated[
        list[str] | None,
        typer.Option(metavar="SELECTOR", help="A DKIM key to check; DOMAIN:SELECTOR for another domain. Repeatable."),
    ] = None,
    resolver: Annotated[
        str | None, typer.Option(metavar="IP[:PORT]", help="The resolver to ask (default: 127.0.0.1:53).")
    ] = None,
    allow: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For a resolver beyond this machine: the list that allows it.")
    ] = None,
    lists: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Blocklists of your own choice (TOML) instead of those known.")
    ] = None,
    watch: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Look again and again, and print what changes.")
    ] = None,
    longest: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help="With --watch: how long (default: for good; a scenario: 24h)."),
    ] = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --watch: where changes are kept (SQLite).")
    ] = None,
    alert: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="With --watch: run it when a listing begins or ends, with JSON as input."),
    ] = None,
    allow_programs: Annotated[bool, typer.Option("--allow-programs", help="Let --alert run its command.")] = False,
    seed: Seed = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a web page: who was listed when.")
    ] = None,
) -> None:
    """Look up whether a sender is on blocklists, and distinguish a listing from a fault of the resolver.

    Each list's test entries are asked first and last (RFC 5782). What cannot be known is unknown: neither listed nor
    not listed. Exits with 1 if something is listed or a record of the sender is wrong, and with 4 if neither is the
    case, but something is unknown.
    """
    from probe.cli.listed_output import ListedForm
    from probe.listed.lists_file import read_lists

    of_watch: dict[str, object] = {"--for": longest, "--history": history, "--alert": alert}
    if watch is None:
        _refuse(of_watch, "nothing is watched")
    form = ListedForm(as_json, html, alert if alert is None or allow_programs else _not_allowed())
    every_s = None if watch is None else seconds_of("--watch", watch)
    if every_s == 0:
        raise InputError("--watch", "is zero", "write for example 1h")
    for_s = None if longest is None else seconds_of("--for", longest)
    if scenario is not None:
        of_sender: dict[str, object] = {
            "--addresses": addresses,
            "--domains": domains,
            "--helo": helo,
            "--from": return_path,
        }
        of_sender |= {"--selector": selector, "--resolver": resolver, "--allow": allow, "--history": history}
        _refuse(of_sender, "the scenario says it")
        from probe.cli.listed_run import look_at_scenario
        from probe.scenario.shipped_files import located

        loaded = load_scenario(located(scenario), seed)
        begins_s = 0.0 if at is None else seconds_of("--at", at)
        chosen = None if lists is None else read_lists(lists)
        raise typer.Exit(look_at_scenario(loaded, form, begins_s=begins_s, every_s=every_s, for_s=for_s, lists=chosen))
    _refuse({"--at": at, "--seed": seed}, "it belongs to --scenario")
    if not any(each.strip(" ,") for each in [*(addresses or []), *(domains or [])]):
        raise InputError("--addresses", "is missing", "name what you send from, or a --scenario, or give --domains")
    from probe.cli.listed_run import Asked, look_through_resolver, looking_for

    wanted = looking_for(
        addresses or [],
        domains or [],
        helo=helo,
        return_path=return_path,
        selectors=selector or [],
        lists=read_lists(lists),
    )
    asked = Asked(wanted, resolver or "127.0.0.1", allow, every_s, for_s, history)
    raise typer.Exit(look_through_resolver(asked, form))


def _not_allowed() -> str:
    raise InputError("--alert", "runs a program", "add --allow-programs")


def _refuse(options: Mapping[str, object], why: str) -> None:
    for option, value in options.items():
        if value is not None:
            raise InputError(option, f"is of no use here, because {why}", "leave it out")
