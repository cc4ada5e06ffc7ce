"""Lets an HTTP endpoint read: requests are posted as a JSON array, and an array of answers comes back.

A campaign goes there in several posts, so the endpoint sees some recipients at a time. Nothing in the environment leads
them elsewhere: no proxy, no redirect.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from probe.classify.evidence import Evidence
from probe.classify.external.pending import PendingAnswers
from probe.classify.reading import Classifier, ClassifierError, Reading, on_one_line
from probe.input_error import InputError

if TYPE_CHECKING:
    import httpx

AT_ONCE: Final = 500
"""Recipients that one post asks about."""
MAX_OCTETS: Final = 16 * 1024 * 1024
"""What an answer to a post may be long."""
_HEADERS: Final = {"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"}
_SHOWN: Final = 80


class Service:
    """An endpoint as a classifier. ``patience_s`` is how long it has for each post. Raises ClassifierError."""

    def __init__(self, name: str, url: str, patience_s: float) -> None:
        self._name = name
        self._url = url
        self._patience_s = patience_s

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Mapping[str, Reading]:
        """Ask about everybody in a campaign."""
        awaited = PendingAnswers(self._name, campaign)
        asyncio.run(self._ask(awaited))
        return awaited.readings

    async def _ask(self, awaited: PendingAnswers) -> None:
        import httpx  # noqa: PLC0415 - the library is optional

        requests = awaited.requests()
        # Certificates are held against what OpenSSL trusts here, so that a test network's own authority can be added.
        trusted: Any = ssl.create_default_context() if self._url.lower().startswith("https:") else False
        async with httpx.AsyncClient(verify=trusted, timeout=None, trust_env=False, follow_redirects=False) as client:  # noqa: S113 - the whole post has its time
            while asked := list(islice(requests, AT_ONCE)):
                try:
                    async with asyncio.timeout(self._patience_s):
                        said = await self._post(client, asked)
                except TimeoutError:
                    raise self._failed(awaited, f"gave no answer within {self._patience_s:g} s") from None
                except httpx.HTTPError as error:
                    raise self._failed(
                        awaited, f"cannot be asked ({type(error).__name__}: {on_one_line(error)})"
                    ) from None
                except _WrongAnswerError as error:
                    raise self._failed(awaited, str(error)) from None
                for each in said:
                    awaited.take(json.dumps(each).encode())
                if awaited.asked:
                    raise ClassifierError(f"classifier {self._name} did not answer for {awaited.missing()}")

    async def _post(self, client: httpx.AsyncClient, asked: list[dict[str, Any]]) -> list[Any]:
        async with client.stream("POST", self._url, json=asked, headers=_HEADERS) as answer:
            body = bytearray()
            # Raw, so that nothing small unpacks into something large.
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > MAX_OCTETS:
                    raise _WrongAnswerError(f"answered with more than {MAX_OCTETS:,} octets")
        return _read(answer.status_code, answer.headers.get("content-encoding", "identity"), bytes(body))

    def _failed(self, awaited: PendingAnswers, problem: str) -> ClassifierError:
        return ClassifierError(f"classifier {self._name} {problem}, while it owed an answer for {awaited.missing()}")


class _WrongAnswerError(Exception):
    """What came back is no answer."""


def opener(name: str, url: str, patience_s: float, here: str) -> Callable[[], AbstractContextManager[Classifier]]:
    """Return what opens the endpoint; raises InputError where the library for HTTP is missing."""
    try:
        import httpx  # noqa: F401, PLC0415 - the library is optional
    except ImportError:
        problem = "is asked over HTTP, for which httpx is missing"
        raise InputError(here, problem, "install it with pip install fivefifty[http]") from None
    return lambda: nullcontext(Service(name, url, patience_s))


def _read(status: int, encoding: str, body: bytes) -> list[Any]:
    if status != 200:
        shown = body[: 4 * _SHOWN].decode("utf-8", "replace")[:_SHOWN]
        raise _WrongAnswerError(f"answered with status {status} ({shown!r})")
    if encoding.lower() != "identity":
        raise _WrongAnswerError(f"answered in the encoding {encoding!r:.{_SHOWN}}, which it was not asked for")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _WrongAnswerError(f"answered with something that is no JSON ({error})") from None
    if not isinstance(said, list):
        raise _WrongAnswerError(f"answered with a JSON {type(said).__name__}, not with an array")
    return said
