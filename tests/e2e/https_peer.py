"""An HTTPS server for tests to call, with a certificate from a CA of its own, that answers as each path says.

Without TLS where a test asks for that.

/ok          200
/status/NNN  that status
/throttle    429 with Retry-After, then 200: once for each path below it
/redirect    302 to /ok
/reset       the connection is reset after the request was read
/hang        no answer until the server is closed
/token       an OAuth token for the right client, as often as it is asked
/secured     401 unless the newest token is shown

Further answers for a path can be queued with answer_next().
"""

import http.server
import json
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path


def make_certificates(folder):
    """A CA, and a certificate of it for the loopback; their paths: CA, certificate, key."""
    folder = Path(folder)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    request, certificate, key = folder / "server.csr", folder / "server.pem", folder / "server.key"
    names = folder / "names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=60)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", ca_key, "-out", ca, "-days", 2, "-subj", "/CN=Test CA")
    openssl("req", *new_key, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-out", certificate,
            "-days", 2, "-extfile", names)
    return ca, certificate, key


class Request:
    """What the server got."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path, _, query = target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.at = time.monotonic()

    def json(self):
        return json.loads(self.body)

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers, body)
        status, headers, text = self.server.peer.answer_to(request, self)
        if status is None:
            self.close_connection = True
            return
        payload = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin; the base class names it
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # resets and clients that do not trust the CA are what tests are about


class HttpsPeer:
    """Starts when made; close() ends it. Thread-safe."""

    RETRY_AFTER = 1  # seconds, as /throttle says

    def __init__(self, client_id="client", client_secret="secret", secure=True):
        self.folder = Path(tempfile.mkdtemp(prefix="peer."))
        self.ca, certificate, key = make_certificates(self.folder)
        self.client = {"client_id": client_id, "client_secret": client_secret}
        self.requests, self._queued, self._throttled = [], {}, set()
        self._tokens = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.peer = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.secure = secure
        if secure:
            # The handshake is made by the connection's own thread, at its first read.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, path="/ok"):
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}{path}"

    def answer_next(self, path, *answers):
        """The next requests for the path get these: each a status, or (status, headers, text)."""
        with self._lock:
            self._queued.setdefault(path, []).extend(
                each if isinstance(each, tuple) else (each, {}, "") for each in answers)

    def received(self, path):
        """The requests for a path so far, in order."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def expire_tokens(self):
        """What /token gave so far is refused from now on."""
        with self._lock:
            self._tokens += 1

    # ---- called by connections ----

    def answer_to(self, request, handler):
        """(status, headers, text); the status is None where nothing is answered."""
        with self._lock:
            self.requests.append(request)
            queued = self._queued.get(request.path)
            if queued:
                return queued.pop(0)
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "ok":
            return 200, {}, "fine"
        if first == "status":
            return int(rest), {}, f"status {rest} as asked"
        if first == "throttle":
            return self._throttle(request.path)
        if first == "redirect":
            return 302, {"Location": self.url("/ok")}, "elsewhere"
        if first == "token":
            return self._token(request)
        if first == "secured":
            return self._secured(request)
        if first == "reset":
            self._reset(handler)
        elif first == "hang":
            self._closing.wait()
        else:
            return 404, {}, "no such path"
        return None, {}, ""

    def _throttle(self, path):
        with self._lock:
            first = path not in self._throttled
            self._throttled.add(path)
        return (429, {"Retry-After": str(self.RETRY_AFTER)}, "slow down") if first else (200, {}, "fine")

    def _token(self, request):
        given = request.query if request.method == "GET" else request.form()
        asked = {name: given.get(name) for name in self.client}
        if asked != self.client or given.get("grant_type") != "client_credentials":
            return 400, {}, json.dumps({"error": "invalid_client"})
        with self._lock:
            self._tokens += 1
            token = f"token-{self._tokens}"
        return 200, {"Content-Type": "application/json"}, json.dumps(
            {"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _secured(self, request):
        with self._lock:
            right = f"Bearer token-{self._tokens}"
        return (200, {}, "fine") if request.headers.get("Authorization") == right else (401, {}, "who are you?")

    @staticmethod
    def _reset(handler):
        raw = handler.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(raw.detach())
