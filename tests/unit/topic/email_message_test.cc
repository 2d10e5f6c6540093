#include "topic/email_message.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "unit/topic/outbox.h"

using namespace waybill;
using namespace waybill::topic;
using namespace waybill::testing;

namespace {

const EmailSender kSender{"waybill@example.com", "Alerts"};

net::Mail mail_of(const Letters& letters, const std::string& protocol = "email", const EmailSender& sender = kSender) {
  return render_email(sender, email_subscription("a@example.com", protocol), letters.outgoing());
}

std::string header(const net::Mail& mail, const std::string& name) {
  const std::string head = "\r\n" + mail.text.substr(0, mail.text.find("\r\n\r\n") + 2);
  const std::size_t at = head.find("\r\n" + name + ": ");
  REQUIRE(at != std::string::npos);
  CHECK(head.find("\r\n" + name + ": ", at + 1) == std::string::npos);
  const std::size_t from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

std::string body(const net::Mail& mail) { return mail.text.substr(mail.text.find("\r\n\r\n") + 4); }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an e-mail has sender, receiver, subject, date, and the message with how to stop it") {
  const net::Mail mail = mail_of(Letters().add("id-1", "Shipment DELIVERED", "It is there.\nAll of it."));
  CHECK(mail.from == "waybill@example.com");
  CHECK(mail.to == std::vector<std::string>{"a@example.com"});
  CHECK(header(mail, "From") == "\"Alerts\" <waybill@example.com>");
  CHECK(header(mail, "To") == "<a@example.com>");
  CHECK(header(mail, "Subject") == "Shipment DELIVERED");
  CHECK(header(mail, "Date") == "Tue, 14 Nov 2023 22:13:20 +0000");
  CHECK(header(mail, "Auto-Submitted") == "auto-generated");
  CHECK(header(mail, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(header(mail, "Content-Transfer-Encoding") == "7bit");
  CHECK(body(mail).starts_with("It is there.\r\nAll of it.\r\n\r\n-- \r\nTopic: " + kMailTopic + "\r\n"));
  CHECK(has(body(mail), "a@example.com is subscribed"));
  CHECK(has(body(mail), kMailTopic + ":s1\r\n"));
}

TEST_CASE("a notification without a subject is named after its topic") {
  CHECK(header(mail_of(Letters().add("id", "", "x")), "Subject") == "Notification from alerts");
}

TEST_CASE("the Message-ID is the same for ever for one notification and subscription") {
  const Letters letters = Letters().add("0191-aa", "s", "x");
  const std::string id = header(mail_of(letters), "Message-ID");
  CHECK(id.starts_with("<0191-aa."));
  CHECK(id.ends_with("@example.com>"));
  CHECK(header(mail_of(letters), "Message-ID") == id);
  CHECK(mail_of(letters).text == mail_of(letters).text);
  EndpointSpec other = email_subscription("a@example.com");
  other.target_arn += "2";
  CHECK(header(render_email(kSender, other, letters.outgoing()), "Message-ID") != id);
  CHECK(header(mail_of(Letters().add("0191-ab", "s", "x")), "Message-ID") != id);
}

TEST_CASE("an id that is not Waybill's own cannot break the Message-ID") {
  for (const char* id : {"", "a>\r\nBcc: x@example.com", "a b", "A\"", "ü"}) {
    CAPTURE(id);
    const std::string shown = header(mail_of(Letters().add(id, "s", "x")), "Message-ID");
    CHECK(shown.find_first_of("> \"") == shown.size() - 1);
    CHECK(shown.size() == std::string("<0123456789abcdef.0123456789abcdef@example.com>").size());
  }
}

TEST_CASE("neither subject nor message nor name adds a header") {
  const net::Mail mail = mail_of(Letters().add("id", "s\r\nBcc: b@example.com", "m\r\n\r\nBcc: c@example.com\n.\r\n"),
                                 "email", {"waybill@example.com", "n\r\nBcc: d@example.com"});
  const std::string head = mail.text.substr(0, mail.text.find("\r\n\r\n"));
  CHECK_FALSE(has(head, "\r\nBcc"));
  CHECK(has(body(mail), "\r\n.\r\n"));
}

TEST_CASE("an empty message and a large one") {
  CHECK(body(mail_of(Letters().add("id", "s", ""))).starts_with("\r\n\r\n-- \r\n"));
  const net::Mail large = mail_of(Letters().add("id", "s", std::string(262'144, 'x')));
  CHECK(header(large, "Content-Transfer-Encoding") == "quoted-printable");
  CHECK(large.text.size() < 280'000);
}

TEST_CASE("email-json is the notification, whole") {
  const net::Mail mail = mail_of(Letters().add("id-1", "Sübject", "line\nwith ü"), "email-json");
  CHECK(header(mail, "Subject").starts_with("=?UTF-8?B?"));
  const auto json = nlohmann::json::parse(body(mail_of(Letters().add("id-1", "Subject", "a\nb"), "email-json")));
  CHECK(json["Type"] == "Notification");
  CHECK(json["MessageId"] == "id-1");
  CHECK(json["TopicArn"] == kMailTopic);
  CHECK(json["Subject"] == "Subject");
  CHECK(json["Message"] == "a\nb");
  CHECK(json["Timestamp"] == "2023-11-14T22:13:20.000Z");
}

TEST_CASE("several notifications are one digest with the time, subject and message of each") {
  const Letters letters = Letters().add("id-1", "First", "one").add("id-2", "", "two\n").add("id-3", "Third", "three");
  const net::Mail mail = mail_of(letters);
  CHECK(header(mail, "Subject") == "3 notifications from alerts");
  const std::string text = body(mail);
  CHECK(has(text, "[1] 2023-11-14T22:13:20.000Z  First\r\n\r\none\r\n"));
  CHECK(has(text, "[2] 2023-11-14T22:13:21.000Z\r\n\r\ntwo\r\n\r\n===="));
  CHECK(has(text, "[3] 2023-11-14T22:13:22.000Z  Third\r\n\r\nthree\r\n"));
  CHECK(header(mail, "Date") == "Tue, 14 Nov 2023 22:13:22 +0000");
  CHECK(text.find("-- \r\n") == text.rfind("-- \r\n"));
}

TEST_CASE("a digest's Message-ID says which notifications are in it, in whatever order") {
  const std::string id = header(mail_of(Letters().add("id-1", "a", "one").add("id-2", "b", "two")), "Message-ID");
  CHECK(header(mail_of(Letters().add("id-2", "b", "two").add("id-1", "a", "one")), "Message-ID") == id);
  CHECK(header(mail_of(Letters().add("id-1", "a", "one").add("id-3", "b", "two")), "Message-ID") != id);
  CHECK(header(mail_of(Letters().add("id-1", "a", "one")), "Message-ID") != id);
}

TEST_CASE("a digest of email-json is a list of the notifications") {
  const net::Mail mail = mail_of(Letters().add("id-1", "", "one").add("id-2", "", "two"), "email-json");
  const auto list = nlohmann::json::parse(body(mail));
  REQUIRE(list.size() == 2);
  CHECK(list[1]["MessageId"] == "id-2");
  CHECK(list[1]["Message"] == "two");
}
