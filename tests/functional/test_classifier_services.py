"""HTTP endpoints as classifiers: a working one, and every way to fail."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from asked_about import Refused

from fake_gateways.loopback import OutsideError
from fake_gateways.truth import Cause
from probe.classify import ClassifierError, Reading
from probe.classify.reading import is_stream_classifier
from probe.classify.registry import choose
from probe.input_error import InputError

Handle = Callable[[BaseHTTPRequestHandler, list[dict[str, Any]]], None]


@contextmanager
def listening(handle: Handle, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answer posts on a port of loopback; yields its address and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handle(self, json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer a post."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def answers(asked: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    """Return an answer to every request."""
    return [
        {"campaign": each["campaign"], "recipient": each["recipient"], "cause": "user-unknown", **more}
        for each in asked
    ]


def obedient(handler: BaseHTTPRequestHandler, asked: list[dict[str, Any]]) -> None:
    """Answer as one should."""
    send(handler, json.dumps(answers(asked)).encode())


def read(url: str, count: int = 3, patience_s: float = 60.0) -> dict[str, Reading]:
    """Let an endpoint read a campaign."""
    (chosen,) = choose([f"mine={url}"], patience_s=patience_s)
    with chosen.open() as classifier:
        assert is_stream_classifier(classifier)
        return dict(classifier.classify_stream(Refused(count).values()))


def test_a_campaign_is_posted_in_parts_and_every_recipient_gets_an_answer() -> None:
    sizes = []

    def counting(handler: BaseHTTPRequestHandler, asked: list[dict[str, Any]]) -> None:
        sizes.append(len(asked))
        assert handler.headers["content-type"] == "application/json"
        obedient(handler, asked[::-1])

    with listening(counting) as where:
        said = read(f"http://{where}/classify", 1001)
    assert sizes == [500, 500, 1]
    assert set(said) == set(Refused(1001))
    assert {reading.cause for reading in said.values()} == {Cause.USER_UNKNOWN}


def test_nothing_in_the_environment_leads_the_posts_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with listening(obedient) as where:
        assert len(read(f"http://{where}/")) == 3


def test_an_endpoint_is_trusted_if_its_certificate_authority_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(obedient, context) as where:
        with pytest.raises(
            ClassifierError, match=r"mine cannot be reached \(ConnectError: .*CERTIFICATE_VERIFY_FAILED"
        ):
            read(f"https://{where}/")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert len(read(f"https://{where}/")) == 3


def silent(handler: BaseHTTPRequestHandler, asked: list[dict[str, Any]]) -> None:
    """Wait until the other side has gone."""
    handler.rfile.read(1)


def dripping(handler: BaseHTTPRequestHandler, asked: list[dict[str, Any]]) -> None:
    """Say a header that never ends, a bit at a time."""
    gone = threading.Event()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    while not gone.wait(0.01):
        try:
            handler.wfile.write(b"x")
        except OSError:
            gone.set()


def endless(handler: BaseHTTPRequestHandler, asked: list[dict[str, Any]]) -> None:
    """Answer with more than anybody wants."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 100_000)
    except OSError:
        pass


def saying(body: Any, status: int = 200, **headers: str) -> Handle:
    """Answer always the same."""
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler, _: send(handler, octets, status, **headers)


def twisted(twist: Callable[[list[dict[str, Any]]], Any]) -> Handle:
    """Answer as one should, but for a twist."""
    return lambda handler, asked: send(handler, json.dumps(twist(answers(asked))).encode())


OWED = r"; no answer yet for p0@acme\.example, p1@acme\.example, p2@acme\.example$"
FAILURES = {
    "is silent": (silent, r"did not answer within 0\.5 s" + OWED),
    "drips": (dripping, r"did not answer within 0\.5 s" + OWED),
    "never ends": (endless, r"answered with more than 16,777,216 octets" + OWED),
    "hangs up": (lambda handler, _: handler.connection.close(), r"cannot be reached \(\w+: .*\)" + OWED),
    "fails": (saying("out of memory", 500), r"answered with status 500 \('\"out of memory\"'\)" + OWED),
    "has nothing to say": (saying(b"", 204), r"answered with status 204 \(''\)" + OWED),
    "leads elsewhere": (saying([], 307, location="http://127.0.0.1:1/"), r"answered with status 307 \('\[\]'\)" + OWED),
    "packs": (saying(b"\x1f", content_encoding="gzip"), r"in the encoding 'gzip'; only identity is accepted" + OWED),
    "says no JSON": (saying(b"<html>"), r"a body that is not JSON \(Expecting value: .*\)" + OWED),
    "nests": (saying(b"[" * 100_000), r"a body that is not JSON \(.*\)" + OWED),
    "says no array": (saying({}), r"answered with a JSON dict instead of an array" + OWED),
    "leaves somebody out": (twisted(lambda said: said[:1]), r"did not answer for p1@acme\.example, p2@acme\.example$"),
    "answers twice": (twisted(lambda said: said + said[:1]), r"mine answered twice for p0@acme\.example"),
    "answers for strangers": (twisted(lambda said: [*said, {**said[0], "recipient": "eve@x.example"}]),
                              r"mine answered for a recipient that was not asked about: eve@x\.example"),
    "says NaN": (twisted(lambda said: [{**said[0], "alive": float("nan")}]), r"which is not valid: alive: "),
    "answers with numbers": (saying([1, 2, 3]), r"mine answered '1', which is not valid: .*" + OWED),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_endpoint_is_an_error_that_names_the_recipients_without_an_answer(failure: str) -> None:
    handle, told = FAILURES[failure]
    patience_s = 0.5 if "within" in told else 60.0
    with listening(handle) as where, pytest.raises(ClassifierError, match=told) as caught:
        read(f"http://{where}/", patience_s=patience_s)
    assert str(caught.value).startswith("classifier mine ")
    assert "\n" not in str(caught.value)


def test_an_unreachable_endpoint_is_an_error() -> None:
    with listening(obedient) as where:
        pass
    with pytest.raises(ClassifierError, match=r"mine cannot be reached \(ConnectError: .*\)" + OWED):
        read(f"http://{where}/")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://localhost:8000/", "has a host name; write an IP address, for example http://127.0.0.1:8000/classify"),
        ("http://", "has a host name; "),
        ("http://[::1/", "is not a valid URL (Invalid IPv6 URL); "),
        ("http://127.0.0.1:99999/", "is not a valid URL (Port out of range 0-65535); "),
    ],
)
def test_a_url_without_an_ip_address_is_refused_beforehand(url: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        choose([f"mine={url}"])
    assert str(caught.value).startswith(f"--classifier mine={url}: {complaint}")


def test_an_endpoint_beyond_this_machine_is_refused_unless_its_network_is_allowed() -> None:
    with pytest.raises(OutsideError, match=r"192\.0\.2\.1 is not a loopback address"):
        choose(["http://192.0.2.1/"])
