"""An HTTP endpoint that believes the reply code. It needs only Python's standard library.

python3 scenarios/classifiers/endpoint.py 8000
fivefifty run SCENARIO --classifier endpoint=http://127.0.0.1:8000/
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Reader(BaseHTTPRequestHandler):
    """Answer an array of requests with an array of answers."""

    def do_POST(self) -> None:
        """Answer one request."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = [
            {
                "campaign": request["campaign"],
                "recipient": request["recipient"],
                "cause": "user-unknown" if request["bounced"] and request["heard"]["code"] == 550 else None,
            }
            for request in asked
        ]
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Reader)
print(f"listening at http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
