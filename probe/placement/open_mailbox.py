"""Looks for one message in a seed mailbox over IMAP (RFC 3501). Nothing there is changed unless that is wanted."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from probe.diagnose.host.host_name import Host
from probe.input_error import InputError
from probe.placement.folders import INBOX, Folder, Searched, in_order
from probe.placement.header import Told, told
from probe.placement.open_bounded import Bound, within
from probe.placement.placed import Placed, Where
from probe.placement.seeds import FROM_ENVIRONMENT, SeedAt

if TYPE_CHECKING:
    from imapclient import IMAPClient

_TIMEOUT_S: Final = 30.0
"""For each step of a dialogue."""
_MOST_S: Final = 120.0
"""For the whole of a dialogue."""
_MOST_OCTETS: Final = 32 * 1024**2
"""Of the answers of a dialogue."""
_MOST_FOLDERS: Final = 200
_MOST_FOUND: Final = 20
"""Messages of a search whose headers are read: the search finds all values that have the campaign's name in them."""
_MOST_HEADER: Final = 65_536
_LATE: Final = "the server does not answer in time"
_GARBAGE: Final = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""What the library raises for answers that are not IMAP: no number, deeply nested, larger than the memory."""


class Wanted(NamedTuple):
    """The message to look for: the field that names its campaign, the name, and when it was sent."""

    header: str
    campaign: str
    sent_at: datetime


class _UnseenError(Exception):
    """The mailbox cannot be read."""


def require_imapclient() -> None:
    """Keep the library silent, as it logs what servers say; raises InputError if it is not installed."""
    try:
        import imapclient  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        raise InputError("seed mailboxes", "need imapclient", "run pip install 'fivefifty[placement]'") from None
    log = logging.getLogger("imapclient")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def secret_of(seed: SeedAt) -> str:
    """Return a seed's password or token; raises InputError."""
    kind, _, name = seed.seed.secret.partition(":")
    place = f"seed {seed.seed.address}"
    if kind == FROM_ENVIRONMENT:
        if name not in os.environ:
            raise InputError(place, f"has its password in the variable {name}, which is not set", "set it")
        return os.environ[name]
    found = _in_keyring(place, name, seed.seed.login)
    if found is None:
        remedy = f"run keyring set {name} {seed.seed.login}"
        raise InputError(place, f"has no password in the keyring under {name}", remedy)
    return found


def _in_keyring(place: str, service: str, user: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ModuleNotFoundError:
        remedy = "run pip install 'fivefifty[placement]'"
        raise InputError(place, "has its password in a keyring, which needs keyring", remedy) from None
    try:
        found: str | None = keyring.get_password(service, user)
    except KeyringError as error:
        problem = f"has its password in a keyring that cannot be read ({type(error).__name__})"
        raise InputError(place, problem, "unlock it, or set one up") from None
    return found


def look(at: SeedAt, secret: str, wanted: Wanted, *, tidy: bool) -> Placed:
    """Look for a message in a seed's mailbox. ``tidy`` deletes it there when it was found.

    What is in the way is said in words of ours: those of the server might repeat the password.
    """
    try:
        with _opened(at, secret) as client:
            found = _search(client, wanted, not_seen(at, wanted, ""), tidy=tidy)
    except _UnseenError as error:
        return not_seen(at, wanted, str(error))
    return found._replace(seed=at.seed.address, provider=at.seed.provider)


def not_seen(at: SeedAt, wanted: Wanted, why: str) -> Placed:
    """Return what is known of a message in a mailbox that could not be read."""
    return Placed(
        wanted.campaign, at.seed.address, at.seed.provider, sent_at=wanted.sent_at.timestamp(), where=None, why=why
    )


def _search(client: IMAPClient, wanted: Wanted, empty: Placed, *, tidy: bool) -> Placed:
    """Look in every folder until the message is found."""
    closed = None
    for folder in _folders(client):
        if not _open(client, folder, tidy=tidy):
            closed = closed or folder.told
        elif (found := _find(client, folder, wanted, tidy=tidy)) is not None:
            return found
    if closed is not None:
        return empty._replace(why=f"the folder {closed} cannot be opened")
    return empty._replace(where=Where.MISSING)


@contextmanager
def _opened(at: SeedAt, secret: str) -> Iterator[IMAPClient]:
    """Log in to a mailbox; raises _UnseenError."""
    from imapclient import SocketTimeout  # noqa: PLC0415
    from imapclient.exceptions import IMAPClientError  # noqa: PLC0415

    provider, bound = at.provider, Bound(_MOST_S, _MOST_OCTETS)
    client = None
    try:
        client = _client_within(bound)(
            Host(provider.host).address or provider.host,  # localhost is no name to look up
            provider.at_port,
            ssl=provider.tls == "implicit",
            ssl_context=ssl.create_default_context() if provider.tls == "implicit" else None,
            timeout=SocketTimeout(_TIMEOUT_S, _TIMEOUT_S),
        )
        client.folder_encode = False  # names may have any octets
        if provider.tls == "starttls":
            client.starttls(ssl.create_default_context())
        if provider.auth == "xoauth2":
            client.oauth2_login(at.seed.login, secret)
        else:
            client.login(at.seed.login, secret)
        yield client
    except (IMAPClientError, OSError, *_GARBAGE) as error:
        raise _UnseenError(_LATE if bound.is_late else _in_words(error, is_open=client is not None)) from None
    finally:
        if client is not None:
            try:
                client.logout()
            except Exception:  # noqa: BLE001 - whatever the library says of a connection that has ended
                with suppress(OSError):
                    client.shutdown()
        bound.cancel()


def _client_within(bound: Bound) -> type[IMAPClient]:
    """Return the library's class for one connection within a bound."""
    from imapclient import IMAPClient, imap4, tls  # noqa: PLC0415

    def create(client: Any) -> Any:
        own = tls.IMAP4_TLS if client.ssl else imap4.IMAP4WithTimeout
        place = (client.host, client.port, *((client.ssl_context,) if client.ssl else ()))
        return type(own.__name__, (within(bound), own), {})(*place, client._timeout.connect)  # noqa: SLF001

    return type("Client", (IMAPClient,), {"_create_IMAP4": create})


def _in_words(error: Exception, *, is_open: bool) -> str:
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError  # noqa: PLC0415

    is_cut = isinstance(error, IMAPClientAbortError) or isinstance(error.__context__, IMAPClientAbortError)
    ways = (
        (isinstance(error, ssl.SSLError), "there is no safe connection (TLS)"),
        (isinstance(error, TimeoutError), _LATE),
        (not is_open, "the server cannot be reached"),
        (is_cut or isinstance(error, OSError), "the connection was cut"),
        (isinstance(error, LoginError), "the login is refused"),
        (isinstance(error, IMAPClientError), "the server refused a command"),
        (True, "what the server says is not IMAP"),
    )
    return next(words for holds, words in ways if holds)


def _folders(client: IMAPClient) -> Iterator[Searched]:
    """Yield the inbox, and then the other folders, which are asked for only if the message is not there."""
    yield Searched(INBOX, Where.INBOX, "INBOX")
    listed = [
        Folder(tuple(attributes), delimiter, _octets(name)) for attributes, delimiter, name in client.list_folders()
    ]
    for each, _ in zip(in_order(listed), range(_MOST_FOLDERS), strict=False):
        yield each


def _octets(name: Any) -> bytes:
    return name if isinstance(name, bytes) else str(name).encode()


def _open(client: IMAPClient, folder: Searched, *, tidy: bool) -> bool:
    """Open a folder; return False if that cannot be done, as with a name that the library does not write safely."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError  # noqa: PLC0415

    if not (folder.name.isascii() and folder.name.decode().isprintable()):
        return False
    try:
        client.select_folder(folder.name, readonly=not tidy)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        return False
    return True


def _find(client: IMAPClient, folder: Searched, wanted: Wanted, *, tidy: bool) -> Placed | None:
    """Look in the folder that is open; return None if the message is not there."""
    since: date = (wanted.sent_at - timedelta(days=1)).date()
    numbers = client.search(["SINCE", since, "HEADER", wanted.header, wanted.campaign])[-_MOST_FOUND:]
    if not numbers:
        return None
    part = f"BODY.PEEK[HEADER.FIELDS ({wanted.header.upper()} RECEIVED)]"
    answer = client.fetch(numbers, ["INTERNALDATE", part])
    for number in numbers:
        found = answer.get(number, {})
        header = next((value for key, value in found.items() if key.startswith(b"BODY[")), b"")
        says: Told = told(header[:_MOST_HEADER], wanted.header)
        if says.campaign != wanted.campaign:
            continue
        if tidy:
            client.delete_messages([number])
            client.expunge([number])
        arrived = _in_utc(found.get(b"INTERNALDATE"))
        took_s = None if arrived is None else max((arrived - wanted.sent_at).total_seconds(), 0.0)
        return Placed(
            campaign=wanted.campaign,
            seed="",
            provider="",
            sent_at=wanted.sent_at.timestamp(),
            where=folder.where,
            source=says.source,
            variant=says.variant,
            took_s=took_s,
            why="" if folder.where is not Where.OTHER else folder.told,
        )
    return None


def _in_utc(arrived: datetime | None) -> datetime | None:
    """Return a time of the library, which has none of its own a zone: it is local then."""
    return None if arrived is None else arrived.astimezone(UTC)
