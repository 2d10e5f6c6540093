"""How a daemon starts and ends: what is in flight is finished, what is new is refused, and it is quick about it."""

import json
import signal
import socket
import time
import unittest
from pathlib import Path

from daemon import DaemonTest, wait_until

ENTRY = {"Source": "logistics.shipment", "DetailType": "Shipment Created", "EventBusName": "logistics-events-dev",
         "Detail": {"shipment_id": "SHIP-LAST"}}
QUICK = 3.0  # seconds; an idle daemon needs a few ms


def resident_bytes(pid):
    """Anonymous and whole resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(("RssAnon", "VmRSS"))]


def refuses(daemon):
    """Whether it takes no connection, which is so from the moment when it drains."""
    try:
        socket.create_connection(("127.0.0.1", daemon.port), timeout=1).close()
        return False
    except OSError:
        return True


class ShutdownTest(DaemonTest):

    def test_a_request_in_flight_is_finished(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            daemon = self.own_daemon().start()
            body = json.dumps(ENTRY).encode()
            head = f"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as connection:
                connection.sendall(head + body[:-5])
                wait_until(lambda: daemon.metric("waybill_http_connections") >= 1, what="the connection")
                daemon.signal(number)
                wait_until(lambda: refuses(daemon), what="a refused connection")
                self.assertIn("finishing what is in flight", daemon.log())
                self.assertIsNone(daemon.process.poll())
                connection.sendall(body[-5:])
                answer = b""
                while piece := connection.recv(4096):
                    answer += piece
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
            self.assertIn(b"Connection: close", answer)
            event_id = json.loads(answer.split(b"\r\n\r\n", 1)[1])["Entries"][0]["EventId"]
            self.assertLess(daemon.wait_ended(), QUICK)
            daemon.start()
            wait_until(lambda: daemon.items("logistics-shipment-events-dev", event_id), what="the item")

    def test_new_connections_are_refused_while_it_drains(self):
        daemon = self.own_daemon().start()
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as held:
            held.sendall(b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")
            wait_until(lambda: daemon.metric("waybill_http_connections") >= 1, what="the connection")
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: refuses(daemon), what="a refused connection")
        self.assertLess(daemon.wait_ended(), QUICK)

    def test_a_second_signal_is_obeyed_at_once(self):
        daemon = self.own_daemon("--set", "shutdown.limit=1m").start()
        with socket.create_connection(("127.0.0.1", daemon.port)) as held:
            held.sendall(b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")
            wait_until(lambda: daemon.metric("waybill_http_connections") >= 1, what="the connection")
            for _ in range(2):
                daemon.signal(signal.SIGTERM)
                wait_until(lambda: "finishing what is in flight" in daemon.log(), what="the signal")
            self.assertNotEqual(daemon.process.wait(10), 0)
            daemon.process = None

    def test_idle_connections_do_not_hold_it_up(self):
        daemon = self.own_daemon().start()
        held = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(50)]
        wait_until(lambda: daemon.metric("waybill_http_connections") >= 50, what="the connections")
        self.assertLess(daemon.terminate(), QUICK)
        for connection in held:
            connection.close()

    def test_a_request_that_never_ends_is_cut_at_the_limit(self):
        daemon = self.own_daemon("--set", "shutdown.limit=500ms", "--set", "http.read_deadline=60s").start()
        with socket.create_connection(("127.0.0.1", daemon.port)) as held:
            held.sendall(b"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")
            wait_until(lambda: daemon.metric("waybill_http_connections") >= 1, what="the connection")
            took = daemon.terminate()
        self.assertGreater(took, 0.4)
        self.assertLess(took, QUICK)

    def test_waiting_retries_do_not_hold_it_up(self):
        daemon = self.own_daemon("--set", "retry.base=1h", "--set", "retry.cap=1h").start()
        daemon.put_shipment({})
        wait_until(lambda: daemon.items("logistics-error-events-dev"), what="the first attempt")
        self.assertLess(daemon.terminate(), QUICK)

    def test_what_was_acknowledged_just_before_the_signal_is_handled(self):
        daemon = self.own_daemon().start()
        ids = {daemon.put_shipment({"shipment_id": f"S{i}"}) for i in range(100)}
        daemon.restart()
        daemon.wait_drained()
        self.assertEqual({item["event_id"] for item in daemon.items("logistics-shipment-events-dev")}, ids)

    def test_the_port_file_goes_with_the_daemon(self):
        daemon = self.own_daemon(rules=None).start()
        self.assertTrue((daemon.directory / "port").exists())
        daemon.terminate()
        self.assertFalse((daemon.directory / "port").exists())

    def test_a_directory_has_one_daemon(self):
        daemon = self.own_daemon(rules=None).start()
        second = self.own_daemon(rules=None)
        second.data = daemon.data
        self.assertIn(str(daemon.data), second.refused())
        self.assertTrue(daemon.healthy())

    def test_a_port_that_is_taken(self):
        second = self.own_daemon(rules=None)
        began = time.monotonic()
        log = second.refused("--listen", f"127.0.0.1:{self.daemon.port}")
        self.assertLess(time.monotonic() - began, QUICK)
        self.assertIn(f"127.0.0.1:{self.daemon.port}", log)

    def test_a_public_address_needs_to_be_meant(self):
        self.assertIn("allow-unauthenticated-listen", self.own_daemon(rules=None).refused("--listen", "0.0.0.0:0"))
        self.own_daemon(rules=None).start("--listen", "0.0.0.0:0", "--allow-unauthenticated-listen")

    def test_a_store_in_memory(self):
        daemon = self.own_daemon()
        daemon.data = ":memory:"
        daemon.start()
        event_id = daemon.put_shipment({"shipment_id": "S"})
        wait_until(lambda: daemon.items("logistics-shipment-events-dev", event_id), what="the item")
        daemon.restart()
        self.assertEqual(daemon.items("logistics-shipment-events-dev"), [])

    def test_ready_time_and_idle_memory_are_told(self):
        daemon = self.own_daemon().start()
        ready = min([daemon.ready_seconds] + [daemon.restart().ready_seconds for _ in range(4)])
        whole, anonymous = resident_bytes(daemon.process.pid)
        stopped = daemon.terminate()
        print(f"ready in {ready * 1000:.0f} ms, idle RSS {whole / 2**20:.1f} MiB (anonymous {anonymous / 2**20:.1f} "
              f"MiB), stopped in {stopped * 1000:.0f} ms")

    def test_systemd_is_told(self):
        """READY, with the service manager's socket; nothing of it without."""
        daemon = self.own_daemon(rules=None)
        path = str(daemon.directory / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(10)
            daemon.environment = {"NOTIFY_SOCKET": path}
            daemon.start()
            self.assertIn(b"READY=1", manager.recv(4096))
            daemon.terminate()
            self.assertIn(b"STOPPING=1", manager.recv(4096))


if __name__ == "__main__":
    unittest.main()
