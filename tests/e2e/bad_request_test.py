"""Requests that are broken below PutEvents: framing, sizes, encodings, and who may ask."""

import gzip
import json
import re
import socket
import time
import unittest

from daemon import DaemonTest

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENTRY = {"Source": "a.b", "DetailType": "t", "Detail": {"a": 1}}
BODY = json.dumps(ENTRY).encode()


def request(body=BODY, path="/events", host="localhost", **headers):
    """A POST as bytes; a header named in the way of an argument, None to leave one out."""
    fields = {"Host": host, "Content-Length": len(body), "Connection": "close",
              **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class BadRequestTest(DaemonTest):

    def status(self, data, half_close=False):
        """The status of the first answer, which must be one that a client can read."""
        answer = self.daemon.raw(data, half_close)
        found = re.match(rb"HTTP/1\.1 (\d{3}) [^\r]*\r\n(.*?)\r\n\r\n(.*)", answer, re.DOTALL)
        self.assertTrue(found, answer)
        status, head, body = int(found[1]), found[2].decode(), found[3]
        self.assertRegex(head.lower(), f"x-amzn-requestid: {UUID.pattern}")
        if status >= 400:
            error = json.loads(body)
            self.assertEqual(sorted(error), ["__type", "message"])
            self.assertTrue(error["message"])
        return status

    def check_stored_nothing(self, *requests, status=400, half_close=False):
        before = self.daemon.metric("waybill_events_received_total")
        for data in requests:
            with self.subTest(data[:120]):
                self.assertEqual(self.status(data, half_close), status)
        self.assertEqual(self.daemon.metric("waybill_events_received_total"), before)

    def test_the_good_request_that_the_others_are_made_from(self):
        self.assertEqual(self.status(request()), 200)

    def test_a_truncated_body(self):
        whole = request()
        self.check_stored_nothing(*(whole[:cut] for cut in (10, 40, len(whole) - len(BODY), len(whole) - 1)),
                                  half_close=True)

    def test_a_client_that_goes_away_within_its_body(self):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", self.daemon.port)) as connection:
                connection.sendall(request()[:-3])
        self.assertEqual(self.status(request()), 200)

    def test_a_wrong_content_length(self):
        self.check_stored_nothing(request(Content_Length=len(BODY) - 4), request(Content_Length="twelve"),
                                  request(Content_Length="-1"), request(Content_Length="5, 6"),
                                  request(Content_Length="99999999999999999999"))
        self.check_stored_nothing(request(Content_Length=len(BODY) + 10), half_close=True)

    def test_two_ways_to_say_the_length(self):
        self.check_stored_nothing(request(b"0\r\n\r\n", Transfer_Encoding="chunked", Content_Length=5),
                                  request(b"0\r\n\r\n", Transfer_Encoding="identity, chunked", Content_Length=None,
                                          TRANSFER_ENCODING="chunked"))

    def test_a_chunked_body(self):
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (BODY[:7], BODY[7:])) + b"0\r\n\r\n"
        self.assertEqual(self.status(request(chunks, Transfer_Encoding="chunked", Content_Length=None)), 200)
        self.check_stored_nothing(request(b"zz\r\n" + BODY, Transfer_Encoding="chunked", Content_Length=None))
        self.check_stored_nothing(request(chunks[:-9], Transfer_Encoding="chunked", Content_Length=None),
                                  half_close=True)

    def test_a_gzip_body(self):
        packed = gzip.compress(BODY)
        self.assertEqual(self.status(request(packed, Content_Encoding="gzip")), 200)
        self.check_stored_nothing(request(packed[:-4], Content_Encoding="gzip"),
                                  request(BODY, Content_Encoding="gzip"))
        self.check_stored_nothing(request(packed, Content_Encoding="br"), status=415)

    def test_a_gzip_bomb(self):
        bomb = gzip.compress(b" " * 200_000_000)
        self.assertLess(len(bomb), 1_000_000)
        self.check_stored_nothing(request(bomb, Content_Encoding="gzip"), status=413)
        self.assertLess(self.daemon.metric("process_resident_memory_bytes"), 1_000_000_000)

    def test_a_body_over_the_limit(self):
        self.check_stored_nothing(request(b"", Content_Length=8 * 1024 * 1024 + 1), status=413)
        chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
        self.check_stored_nothing(request(chunk * 9, Transfer_Encoding="chunked", Content_Length=None), status=413)

    def test_a_body_below_the_limit_that_is_no_request(self):
        self.check_stored_nothing(request(b"x" * (8 * 1024 * 1024 - 10)), request(b"[" * (4 * 1024 * 1024)))

    def test_foreign_hosts(self):
        for host in ("evil.example", "localhost.evil.example", "169.254.169.254", "10.0.0.1:4566"):
            self.check_stored_nothing(request(host=host), status=403)
        for host in ("localhost:1", "127.0.0.1", "[::1]:4566", "events.localhost",
                     "logistics.localhost.localstack.cloud:4566"):
            with self.subTest(host):
                self.assertEqual(self.status(request(host=host)), 200)

    def test_foreign_origins(self):
        for origin in ("http://evil.example", "https://localhost.evil.example", "null"):
            self.check_stored_nothing(request(Origin=origin), status=403)
        self.assertEqual(self.status(request(Origin="http://localhost:3000")), 200)

    def test_a_further_host_is_a_setting(self):
        daemon = self.own_daemon("--set", "allowed_hosts=waybill", rules=None).start()
        self.assertTrue(daemon.raw(request(host="waybill:4566")).startswith(b"HTTP/1.1 200 "))
        self.assertTrue(daemon.raw(request(host="other:4566")).startswith(b"HTTP/1.1 403 "))

    def test_the_aws_door_is_guarded_too(self):
        data = request(json.dumps({"Entries": []}).encode(), "/", "evil.example", X_Amz_Target="AWSEvents.PutEvents")
        self.assertEqual(self.status(data), 403)

    def test_headers_over_the_limit(self):
        self.check_stored_nothing(request(X_Long="y" * 20_000), status=431)

    def test_no_http(self):
        for data in (b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40) + b"\r\n\r\n",
                     b"POST /events\r\n\r\n", b"POST /events HTTP/9.9\r\nHost: localhost\r\n\r\n",
                     b"POST /events HTTP/1.1\r\nHost: localhost\r\nBad Name: 1\r\n\r\n"):
            with self.subTest(data[:30]):
                self.assertEqual(self.status(data, half_close=True), 400)

    def test_routes_that_are_not_there(self):
        self.assertEqual(self.daemon.http("GET", "/nowhere").status, 404)
        self.assertEqual(self.daemon.http("GET", "/events").status, 405)
        self.assertEqual(self.daemon.http("DELETE", "/metrics").status, 405)

    def test_pipelined_requests_are_answered_in_order(self):
        first, last = request(Connection="keep-alive"), request()
        answers = self.daemon.raw(first + request(b"{", Connection="keep-alive") + last)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3}) ", answers), [b"200", b"400", b"200"])

    def test_a_client_that_sends_a_byte_now_and_then_is_cut_off(self):
        daemon = self.own_daemon("--set", "http.read_deadline=300ms", rules=None).start()
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as connection:
            answer = b""
            connection.settimeout(0.05)
            for byte in request():
                connection.sendall(bytes([byte]))
                try:
                    answer = connection.recv(1000)
                    break
                except TimeoutError:
                    continue
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)
        self.assertLess(time.monotonic() - began, 5)

    def test_connections_over_the_limit_are_refused_politely(self):
        daemon = self.own_daemon("--set", "http.max_connections=4", rules=None).start()
        held = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(4)]
        try:
            for connection in held:  # each is admitted before the next comes
                connection.sendall(request(Connection="keep-alive"))
                self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 200 "))
            self.assertTrue(daemon.raw(b"").startswith(b"HTTP/1.1 503 "))
        finally:
            for connection in held:
                connection.close()


if __name__ == "__main__":
    unittest.main()
