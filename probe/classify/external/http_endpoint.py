"""An HTTP endpoint as a classifier: requests are posted as a JSON array, and the response is an array of answers.

A large campaign takes several posts, so the endpoint sees a part of the recipients at a time. Proxy settings of the
environment are ignored and redirects are not followed, so requests go only to the given address.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from probe.classify.evidence import Evidence
from probe.classify.external.pending import PendingAnswers
from probe.classify.reading import Classifier, ClassifierError, Reading, on_one_line
from probe.harmless import SHOWN
from probe.input_error import InputError

if TYPE_CHECKING:
    import httpx

AT_ONCE: Final = 500
"""The number of recipients in one post."""
MAX_OCTETS: Final = 16 * 1024 * 1024
"""The maximum size of a response, in octets."""
_HEADERS: Final = {"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"}


class HttpEndpoint:
    """An endpoint as a classifier. Each post must be answered within ``patience_s``. Raises ClassifierError."""

    def __init__(self, name: str, url: str, patience_s: float) -> None:
        self._name = name
        self._url = url
        self._patience_s = patience_s

    def classify_stream(self, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Reading]]:
        """Ask about all recipients of a campaign, and yield the answers post by post."""
        import httpx  # noqa: PLC0415 - the library is optional

        pending = PendingAnswers(self._name, evidence)
        requests = pending.requests()
        # Certificates are checked against OpenSSL's trust store, to which a test network can add its own authority.
        trusted: Any = ssl.create_default_context() if self._url.lower().startswith("https:") else False
        client = httpx.AsyncClient(verify=trusted, timeout=None, trust_env=False, follow_redirects=False)  # noqa: S113 - there is a timeout for the whole post
        with asyncio.Runner() as runner:
            try:
                while asked := list(islice(requests, AT_ONCE)):
                    runner.run(self._ask(client, asked, pending))
                    yield from pending.taken()
            finally:
                runner.run(client.aclose())

    async def _ask(self, client: httpx.AsyncClient, asked: list[dict[str, Any]], pending: PendingAnswers) -> None:
        import httpx  # noqa: PLC0415 - the library is optional

        try:
            async with asyncio.timeout(self._patience_s):
                answers = await self._post(client, asked)
        except TimeoutError:
            raise self._failed(pending, f"did not answer within {self._patience_s:g} s") from None
        except httpx.HTTPError as error:
            problem = f"cannot be reached ({type(error).__name__}: {on_one_line(error)})"
            raise self._failed(pending, problem) from None
        except _WrongAnswerError as error:
            raise self._failed(pending, str(error)) from None
        for each in answers:
            pending.accept(json.dumps(each).encode())
        if not pending.all_answered:
            raise ClassifierError(f"classifier {self._name} did not answer for {pending.missing()}")

    async def _post(self, client: httpx.AsyncClient, asked: list[dict[str, Any]]) -> list[Any]:
        async with client.stream("POST", self._url, json=asked, headers=_HEADERS) as answer:
            body = bytearray()
            # Raw: a small compressed body could expand to a huge one.
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > MAX_OCTETS:
                    raise _WrongAnswerError(f"answered with more than {MAX_OCTETS:,} octets")
        return _read(answer.status_code, answer.headers.get("content-encoding", "identity"), bytes(body))

    def _failed(self, pending: PendingAnswers, problem: str) -> ClassifierError:
        return ClassifierError(f"classifier {self._name} {problem}; no answer yet for {pending.missing()}")


class _WrongAnswerError(Exception):
    """The response is not a valid answer."""


def opener(name: str, url: str, patience_s: float, here: str) -> Callable[[], AbstractContextManager[Classifier]]:
    """Return a function that opens the endpoint; raises InputError if httpx is not installed."""
    try:
        import httpx  # noqa: F401, PLC0415 - the library is optional
    except ImportError:
        problem = "is an HTTP endpoint, but httpx is not installed"
        raise InputError(here, problem, "install it: pip install 'fivefifty[http]'") from None
    return lambda: nullcontext(HttpEndpoint(name, url, patience_s))


def _read(status: int, encoding: str, body: bytes) -> list[Any]:
    if status != 200:
        shown = body[: 4 * SHOWN].decode("utf-8", "replace")[:SHOWN]
        raise _WrongAnswerError(f"answered with status {status} ({shown!r})")
    if encoding.lower() != "identity":
        raise _WrongAnswerError(f"answered in the encoding {encoding!r:.{SHOWN}}; only identity is accepted")
    try:
        answers = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _WrongAnswerError(f"answered with a body that is not JSON ({error})") from None
    if not isinstance(answers, list):
        raise _WrongAnswerError(f"answered with a JSON {type(answers).__name__} instead of an array")
    return answers
