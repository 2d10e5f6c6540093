"""A real SMTP server for tests (Debian's python3-aiosmtpd): STARTTLS required, a login, mailboxes that refuse.

Mail for nobody@… is answered 550, for later@… 451 until later_is_now() is called. hold() keeps the reply to the next
mails back until let_go().
"""

import asyncio
import email
import email.policy
import logging
import shutil
import ssl
import tempfile
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from https_peer import make_certificates

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

UNKNOWN = "550 5.1.1 There is no such mailbox here"
GREYLISTED = "451 4.7.1 Greylisted, come again"
TAKEN = "250 2.0.0 Taken"


class Received:
    """A mail that the server took."""

    def __init__(self, envelope, session):
        self.sender, self.to = envelope.mail_from, envelope.rcpt_tos
        self.raw = envelope.content
        self.message = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.over_tls = session.ssl is not None

    def __getitem__(self, header):
        return self.message[header]

    @property
    def text(self):
        return self.message.get_content().replace("\r\n", "\n")


class _Protocol(SMTP):
    """Tells the peer which replies have left."""

    peer = None

    async def push(self, status):
        await super().push(status)
        self.peer.replied(status if isinstance(status, str) else status.decode())

    def connection_made(self, transport):
        self.peer.opened(transport)
        super().connection_made(transport)


class SmtpPeer:
    def __init__(self, password="right", starttls=True, implicit=False):
        self.folder = tempfile.mkdtemp(prefix="smtp.")
        self.ca, certificate, key = make_certificates(self.folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.password, self.starttls, self.implicit = password, starttls and not implicit, implicit
        self.mails, self.logins, self.replies, self.connections = [], [], [], 0
        self.port = 0
        self._greylists, self._gate, self._transports = True, threading.Event(), set()
        self._gate.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = None
        self.open()

    # ---- life ----

    def open(self):
        """Listens: at first on a free port, later on the same one."""
        async def listen():
            return await self._loop.create_server(self._make_protocol, "127.0.0.1", self.port,
                                                  ssl=self.context if self.implicit else None)
        self._server = self._wait(listen())
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self):
        """Nobody listens any more, and who was connected is cut off."""
        async def end():
            self._server.close()
            for transport in self._transports:
                transport.abort()
            self._transports.clear()
        self._wait(end())

    def close(self):
        self.let_go()
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _make_protocol(self):
        protocol = _Protocol(self, hostname="peer", loop=self._loop, enable_SMTPUTF8=False, data_size_limit=20_000_000,
                             tls_context=self.context if self.starttls else None, require_starttls=self.starttls,
                             auth_required=True, auth_require_tls=self.starttls, authenticator=self._authenticate)
        protocol.peer = self
        return protocol

    # ---- what it does ----

    def hold(self):
        self._gate.clear()

    def let_go(self):
        self._gate.set()

    def later_is_now(self):
        self._greylists = False

    def settings(self, password_file, **more):
        """Flags of a daemon that sends by this server."""
        given = {"smtp.host": "localhost", "smtp.port": self.port, "smtp.tls": "starttls", "smtp.username": "waybill",
                 "smtp.password_file": password_file, "smtp.from": "waybill@example.com", "outbound.ca_file": self.ca,
                 **{name.replace("__", "."): value for name, value in more.items()}}
        return [part for name, value in given.items() for part in ("--set", f"{name}={value}")]

    # ---- what it saw ----

    def to(self, address):
        return [mail for mail in list(self.mails) if address in mail.to]

    def replied(self, status):
        self.replies.append(status)

    def opened(self, transport):
        if transport.get_extra_info("sslcontext") and not self.implicit:  # the same connection, after STARTTLS
            return
        self.connections += 1
        self._transports.add(transport)

    # ---- aiosmtpd's hooks ----

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"waybill", self.password.encode())
        self.logins.append(right)
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # pylint: disable=invalid-name
        if address.startswith("nobody@"):
            return UNKNOWN
        if address.startswith("later@") and self._greylists:
            return GREYLISTED
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server, session, envelope):  # pylint: disable=invalid-name
        self.mails.append(Received(envelope, session))
        while not self._gate.is_set():
            await asyncio.sleep(0.005)
        return TAKEN
