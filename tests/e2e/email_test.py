"""E-mails out of topics, into a real SMTP server with STARTTLS and a login."""

import http.client
import json
import re
import signal
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from daemon import SHORT_RETRIES, Daemon, DaemonTest, run_waybill, wait_until  # noqa: E402  pylint: disable=C0413
from smtp_peer import GREYLISTED, TAKEN, UNKNOWN, SmtpPeer  # noqa: E402  pylint: disable=C0413

ALERTS, PROCESSING = "ops@example.com", "desk@example.com"
TOPIC = "arn:aws:sns:us-east-1:000000000000:"
RECEIVERS = ("--set", f"parameters.AlertEmail={ALERTS}", "--set", f"parameters.ProcessingEmail={PROCESSING}")
# Subscriptions of every kind, to a topic each, and a rule for each that tells the topic.
OWN_TOPICS = {"plain": ("email", "plain@example.com"), "json": ("email-json", "json@example.com"),
              "gone": ("email", "nobody@example.com"), "grey": ("email", "later@example.com")}


def own_rules(folder):
    resources = {}
    for name, (protocol, address) in OWN_TOPICS.items():
        resources[f"Topic{name}"] = {"Type": "AWS::SNS::Topic", "Properties": {
            "TopicName": name, "DisplayName": f"Büro {name}",
            "Subscription": [{"Protocol": protocol, "Endpoint": address}]}}
        resources[f"Rule{name}"] = {"Type": "AWS::Events::Rule", "Properties": {
            "Name": name, "EventPattern": {"source": [name]},
            "Targets": [{"Id": "t", "Arn": {"Ref": f"Topic{name}"}, "InputPath": "$.detail.text"}]}}
    path = Path(folder) / "own.json"
    path.write_text(json.dumps({"Resources": resources}))
    return path


class MailTest(DaemonTest):
    """Each test has a server and a daemon of its own."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.peer = SmtpPeer()
        self.addCleanup(self.peer.close)
        self.daemon = Daemon(*SHORT_RETRIES, *RECEIVERS)
        self.addCleanup(self.daemon.remove)
        self.password_file = self.daemon.directory / "password"
        self.password_file.write_text("right\n")

    def start(self, *flags, **settings):
        self.daemon.flags += [*self.peer.settings(self.password_file, **settings), *flags]
        return self.daemon.start()

    def start_with_own_topics(self, *flags, **settings):
        return self.start("--rules", own_rules(self.daemon.directory), *flags, **settings)

    def mails(self, address, count=1, limit=20):
        found = wait_until(lambda: len(self.peer.to(address)) >= count and self.peer.to(address), limit,
                           f"{count} mails for {address}")
        self.assertEqual(len(found), count)
        return found

    def mail(self, address):
        return self.mails(address)[0]

    def deliver(self, shipment="SHIP-1", **more):
        self.daemon.put_shipment({"shipment_id": shipment, "status": "delivered", "metadata": {"carrier": "x"}, **more})

    def tell(self, name, text):
        detail = json.dumps({"text": text}, ensure_ascii=False)
        [result] = self.daemon.put({"Source": name, "DetailType": "t", "Detail": detail})
        self.assertIn("EventId", result)

    def settled(self):
        wait_until(lambda: self.daemon.pending("subscription ") == 0, what="no notification pending")

    def advance(self, span):
        answer = self.daemon.http("POST", "/_waybill/clock", json.dumps({"advance": span}))
        self.assertEqual(answer.status, 200, answer)

    def problem(self):
        return self.daemon.http("GET", "/_waybill/status").json()["email"].get("problem", "")


class ArrivalTest(MailTest):
    def test_a_delivered_shipment_and_a_critical_error_arrive_with_all_they_say(self):
        self.start()
        self.deliver("SHIP-123456")
        self.daemon.put_shipment({"error_message": "the scanner is on fire", "station": "Köln"}, "Critical Error",
                                 "logistics.error")
        mail = self.mail(PROCESSING)
        self.assertTrue(mail.over_tls)
        self.assertEqual((mail.sender, mail.to), ("waybill@example.com", [PROCESSING]))
        self.assertEqual(mail["From"], "logistics-processing-dev <waybill@example.com>")
        self.assertEqual(mail["To"], PROCESSING)
        self.assertEqual(mail["Subject"], "Shipment DELIVERED: SHIP-123456")
        self.assertIsNotNone(mail["Date"].datetime)
        message, footer = mail.text.split("\n-- \n")
        told = json.loads(message)
        self.assertEqual(told, {"shipment_id": "SHIP-123456", "status": "delivered", "metadata": {"carrier": "x"},
                                "timestamp": told["timestamp"], "environment": "dev"})
        self.assertIn(f"Topic: {TOPIC}logistics-processing-dev\n", footer)
        self.assertIn(PROCESSING, footer)
        alert = self.mail(ALERTS)
        self.assertEqual(alert["Subject"], "CRITICAL: Critical Error")
        told = json.loads(alert.text.split("\n-- \n")[0])
        self.assertEqual((told["error_message"], told["details"]["station"]), ("the scanner is on fire", "Köln"))
        self.settled()
        self.assertEqual(self.daemon.lines("notifications"), [])
        self.assertEqual(self.daemon.metric("waybill_deliveries_total", outcome="delivered",
                                            endpoint=self.subscription(PROCESSING)), 1)

    def subscription(self, address):
        [endpoint] = {each["endpoint"] for each in self.labels() if address == PROCESSING
                      and "logistics-processing-dev" in each["endpoint"]}
        return endpoint

    def labels(self):
        return [{"endpoint": each["key"].split(" ", 1)[1]}
                for each in self.daemon.http("GET", "/_waybill/status").json()["endpoints"]
                if each["key"].startswith("subscription ")]

    def test_many_mails_use_the_same_connections(self):
        self.start(smtp__digest_above=0)
        for number in range(30):
            self.deliver(f"SHIP-{number}")
        mails = self.mails(PROCESSING, 30)
        self.assertEqual(len({mail["Message-ID"] for mail in mails}), 30)
        self.assertLessEqual(self.peer.connections, 2)

    def test_texts_of_all_kinds(self):
        self.start_with_own_topics()
        texts = ["plain", ".\n..\n.dots\n", "x" * 5000, "Grüße aus Köln 🚚", "日本語 " * 2000,
                 "a\r\nBcc: x@example.com\r\n\r\n.\r\nQUIT\r\n", "trailing \t\n", "nul \x00 bell \x07"]
        for number, text in enumerate(texts):
            self.tell("plain", text)
            mail = self.mails("plain@example.com", number + 1)[-1]
            # The message of a topic that a rule tells is JSON: a text with its quotes.
            message = mail.text.split("\n\n-- \n")[0]
            self.assertEqual(json.loads(message), text)
            self.assertTrue(all(len(line) <= 998 for line in mail.raw.split(b"\r\n")))
            self.assertEqual(mail.to, ["plain@example.com"])
        self.assertEqual(mail["From"], "Büro plain <waybill@example.com>")
        self.assertEqual(mail["Subject"], "Notification from plain")

    def test_email_json_is_the_notification(self):
        self.start_with_own_topics()
        self.tell("json", "größer")
        told = json.loads(self.mail("json@example.com").text)
        self.assertEqual((told["Type"], told["TopicArn"], told["Message"]), ("Notification", TOPIC + "json", '"größer"'))
        self.assertIn("MessageId", told)
        self.assertIn("Timestamp", told)


class FailureTest(MailTest):
    def test_a_wrong_password_is_retried_shown_and_mended_without_a_restart(self):
        self.password_file.write_text("wrong\n")
        self.start()
        self.deliver()
        wait_until(lambda: len(self.peer.logins) >= 3, what="three logins")
        self.assertIn("535", self.problem())
        self.assertIn("does not let Waybill in", self.daemon.log())
        self.assertRegex(self.daemon.waybill("status"), "they wait at present: .* 535 5.7.8")
        self.assertGreater(self.daemon.metric("waybill_deliveries_total", outcome="retried"), 0)
        self.assertEqual(self.daemon.pending("subscription "), 1)
        self.assertEqual(self.peer.mails, [])
        self.password_file.write_text("right\n")
        self.mail(PROCESSING)
        self.settled()
        self.assertEqual(self.problem(), "")

    def test_a_server_that_is_down_and_comes_back_gets_it_once(self):
        self.start()
        self.peer.shut()
        self.deliver()
        wait_until(self.problem, what="a problem")
        self.peer.open()
        self.mail(PROCESSING)
        self.settled()
        self.assertEqual(len(self.peer.mails), 1)
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])

    def test_a_server_that_is_down_for_an_hour_gets_it_once_when_it_is_back(self):
        self.start(clock="virtual", retry__base="1s", retry__cap="15m")
        self.peer.shut()
        self.deliver()
        wait_until(self.problem, what="a problem")
        self.advance("PT1H")
        self.assertGreater(self.daemon.metric("waybill_deliveries_total", outcome="retried"), 5)
        self.assertEqual(self.daemon.pending("subscription "), 1)
        self.peer.open()
        self.advance("PT15M")
        self.mail(PROCESSING)
        self.settled()
        self.advance("PT24H")
        self.assertEqual(len(self.peer.mails), 1)
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])

    def test_a_mailbox_that_does_not_exist_is_a_dead_letter_at_once(self):
        self.start_with_own_topics()
        self.tell("gone", "x")
        letter, = wait_until(lambda: self.daemon.lines("dead-letters", "list"), what="the dead letter")
        self.assertEqual((letter["error_code"], letter["attempts"]), ("ERROR_FROM_TARGET", 1))
        self.assertIn(UNKNOWN, letter["error_message"])
        self.tell("plain", "another")
        self.mail("plain@example.com")
        self.assertEqual(self.problem(), "")

    def test_a_mailbox_that_says_later_is_asked_later(self):
        self.start_with_own_topics()
        self.tell("grey", "x")
        wait_until(lambda: self.peer.replies.count(GREYLISTED) >= 2, what="two refusals")
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])
        self.peer.later_is_now()
        self.mail("later@example.com")

    def test_a_certificate_that_nobody_trusts_gets_no_password_and_no_mail(self):
        other = SmtpPeer()
        self.addCleanup(other.close)
        self.start(outbound__ca_file=other.ca)
        self.deliver()
        wait_until(self.problem, what="a problem")
        self.assertIn("is not trusted", self.problem())
        self.assertEqual((self.peer.logins, self.peer.mails), ([], []))

    def test_a_server_without_starttls_gets_no_password_and_no_mail(self):
        plain = SmtpPeer(starttls=False)
        self.addCleanup(plain.close)
        self.start(smtp__port=plain.port)
        self.deliver()
        wait_until(self.problem, what="a problem")
        self.assertEqual((plain.logins, plain.mails), ([], []))

    def test_tls_from_the_first_byte(self):
        implicit = SmtpPeer(implicit=True)
        self.addCleanup(implicit.close)
        self.start(smtp__port=implicit.port, smtp__tls="implicit", outbound__ca_file=implicit.ca)
        self.deliver()
        wait_until(lambda: implicit.to(PROCESSING), what="the mail")
        self.settled()
        self.assertEqual((implicit.logins, len(implicit.mails)), ([True], 1))

    def test_killed_between_the_servers_250_and_the_commit_the_same_mail_comes_again(self):
        self.start()
        self.peer.hold()
        self.deliver()
        self.mail(PROCESSING)
        self.daemon.signal(signal.SIGSTOP)  # so that it does not hear the 250 that is on its way
        self.peer.let_go()
        wait_until(lambda: TAKEN in self.peer.replies, what="the 250")
        self.daemon.kill()
        self.daemon.start()
        first, second = self.mails(PROCESSING, 2)
        self.assertEqual(first["Message-ID"], second["Message-ID"])
        self.assertEqual(first.raw, second.raw)
        self.settled()
        self.daemon.restart()
        self.assertEqual(len(self.peer.mails), 2)


class StormTest(MailTest):
    def test_a_storm_is_a_few_mails_with_every_notification_in_them_once(self):
        self.start(clock="virtual", smtp__digest_above=5)
        names = [f"SHIP-{number:04}" for number in range(200)]
        for name in names:
            self.deliver(name)
        wait_until(lambda: len(self.peer.mails) == 5, what="the first five mails")
        wait_until(lambda: self.daemon.pending("subscription ") == 195, what="the rest waiting")
        self.advance("PT1M")
        self.settled()
        self.assertLessEqual(len(self.peer.mails), 10)
        told = [name for mail in self.peer.mails for name in re.findall(r'"shipment_id": "(SHIP-[0-9]+)"', mail.text)]
        self.assertEqual(sorted(told), names)
        digest = self.peer.mails[5]
        count = len(re.findall(r"^\[[0-9]+\] ", digest.text, re.M))
        self.assertGreater(count, 100)
        self.assertEqual(digest["Subject"], f"{count} notifications from logistics-processing-dev")
        self.assertIn("  Shipment DELIVERED: SHIP-0", digest.text)
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])
        self.assertEqual(self.daemon.metric("waybill_deliveries_total", outcome="retried"), 0)


    def test_killed_between_the_servers_250_and_the_commit_the_same_digest_comes_again(self):
        self.start(clock="virtual", smtp__digest_above=1)
        names = [f"SHIP-{number}" for number in range(5)]
        for name in names:
            self.deliver(name)
        self.mail(PROCESSING)
        wait_until(lambda: self.daemon.pending("subscription ") == 4, what="the rest waiting")
        self.peer.hold()
        self.peer.replies.clear()
        advancing = threading.Thread(target=self.advance_until_killed)
        advancing.start()
        self.mails(PROCESSING, 2)
        self.daemon.signal(signal.SIGSTOP)  # so that it does not hear the 250 that is on its way
        self.peer.let_go()
        wait_until(lambda: TAKEN in self.peer.replies, what="the 250")
        self.daemon.kill()
        advancing.join()
        self.daemon.start()
        self.deliver("SHIP-LATE")  # belongs to no digest that was sent already
        wait_until(lambda: len(self.peer.to(PROCESSING)) >= 3, what="the digest again")
        _, first, second = self.mails(PROCESSING, 3)
        self.assertEqual(first["Subject"], "4 notifications from logistics-processing-dev")
        self.assertEqual(first["Message-ID"], second["Message-ID"])
        self.assertEqual(first.raw, second.raw)
        self.advance("PT1M")
        self.settled()
        told = [re.findall(r'"shipment_id": "(SHIP-[A-Z0-9]+)"', mail.text) for mail in self.peer.to(PROCESSING)]
        self.assertEqual(told, [told[0], told[1], told[1], ["SHIP-LATE"]])
        self.assertEqual(sorted(told[0] + told[1]), names)

    def advance_until_killed(self):
        try:
            self.advance("PT1M")
        except (OSError, http.client.HTTPException):
            pass


class SettingsTest(MailTest):
    def test_without_a_server_e_mails_wait_and_leave_once_there_is_one(self):
        self.daemon.start()
        self.assertNotIn("email", self.daemon.http("GET", "/_waybill/status").json())
        self.assertIn("AlertsEmail", self.daemon.waybill("check", "--endpoint", self.daemon.url))
        self.deliver()
        wait_until(lambda: self.daemon.lines("notifications"), what="the notification")
        self.daemon.terminate()
        self.start()
        self.mail(PROCESSING)
        self.assertNotIn("AlertsEmail", self.daemon.waybill("check", "--endpoint", self.daemon.url))

    def test_wrong_settings_are_refused_by_name(self):
        self.start()
        for setting, value, said in (("smtp.tls", "ssl", "smtp.tls: 'ssl' is not known"),
                                     ("smtp.password_file", "/nowhere", "smtp.password_file: '/nowhere' cannot be read"),
                                     ("smtp.from", "", "smtp.from: it is empty"),
                                     ("smtp.username", "", "smtp.username: it is empty")):
            other = self.own_daemon(*self.daemon.flags)
            self.assertIn(said, other.refused("--set", f"{setting}={value}"))
            done = run_waybill("check", *self.daemon.flags, "--set", f"{setting}={value}")
            self.assertIn(said, done.stderr)
            self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
