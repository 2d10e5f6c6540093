#include "topic/email_message.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "topic/email_encoding.h"

namespace waybill::topic {

namespace {

using MailJson = nlohmann::ordered_json;

struct Told {
  MailJson json;
  std::string message_id, subject, message, time;
};

std::string topic_name(const std::string& topic_arn) { return topic_arn.substr(topic_arn.rfind(':') + 1); }

std::string told_text(const MailJson& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Told read_told(const Outgoing& outgoing) {
  Told told;
  told.json = parse_json<MailJson>(outgoing.notification.body);
  // A body that is no notification cannot be; it would still be told.
  if (!told.json.is_object()) told.json = {{"Type", "Notification"}, {"Message", outgoing.notification.body}};
  told.message_id = told_text(told.json, "MessageId");
  told.subject = told_text(told.json, "Subject");
  told.message = told_text(told.json, "Message");
  told.time = told_text(told.json, "Timestamp");
  return told;
}

std::string pretty_json(const MailJson& json) { return json.dump(2, ' ', false, MailJson::error_handler_t::replace); }

// FNV-1a, which never changes, as Message-IDs must not.
std::string fnv_hash(const std::string& text, std::uint64_t basis = 0xcbf29ce484222325) {
  for (const char c : text) basis = (basis ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64, basis);
  return hex.data();
}

// Letters that a Message-ID may have; an id that is anything else than Waybill's own is hashed.
std::string id_part(const std::string& id) {
  const bool safe = !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
  return safe ? id : fnv_hash(id);
}

std::string message_id(const EmailSender& sender, const EndpointSpec& subscription, const std::vector<Told>& told) {
  const std::string domain = sender.address.substr(sender.address.rfind('@') + 1);
  const std::string subscriber = fnv_hash(subscription.target_arn);
  if (told.size() == 1) return "<" + id_part(told.front().message_id) + "." + subscriber + "@" + domain + ">";
  std::vector<std::string> ids;
  for (const Told& each : told) ids.push_back(each.message_id);
  std::sort(ids.begin(), ids.end());
  std::string all;
  for (const std::string& id : ids) all += id + "\n";
  return "<digest-" + fnv_hash(all) + fnv_hash(all, 0x9ae16a3b2f90404f) + "." + subscriber + "@" + domain + ">";
}

std::string subject_of(const EndpointSpec& subscription, const std::vector<Told>& told) {
  const std::string topic = topic_name(subscription.topic_arn);
  if (told.size() > 1) return std::to_string(told.size()) + " notifications from " + topic;
  const std::string& subject = told.front().subject;
  return subject.empty() ? "Notification from " + topic : subject;
}

std::string email_footer(const EndpointSpec& subscription) {
  return "-- \nTopic: " + subscription.topic_arn + "\nYou get this because " + subscription.address +
         " is subscribed to it. To get no more of these, have this subscription removed:\n" + subscription.target_arn +
         "\n";
}

void append_ended(std::string& text, const std::string& message) {
  text += message;
  if (!text.ends_with('\n')) text += '\n';
}

std::string plain_body(const EndpointSpec& subscription, const std::vector<Told>& told) {
  std::string body;
  if (told.size() == 1) {
    append_ended(body, told.front().message);
    return body + "\n" + email_footer(subscription);
  }
  const auto [first, last] =
      std::minmax_element(told.begin(), told.end(), [](const Told& a, const Told& b) { return a.time < b.time; });
  body = std::to_string(told.size()) + " notifications from " + topic_name(subscription.topic_arn) + ", " +
         first->time + " to " + last->time + ", in one e-mail because many came at once.\n";
  for (std::size_t i = 0; i < told.size(); ++i) {
    const Told& each = told[i];
    body += "\n" + std::string(72, '=') + "\n[" + std::to_string(i + 1) + "] " + each.time;
    if (!each.subject.empty()) body += "  " + each.subject;
    body += "\n\n";
    append_ended(body, each.message);
  }
  return body + "\n" + email_footer(subscription);
}

std::string json_body(std::vector<Told> told) {
  if (told.size() == 1) return pretty_json(told.front().json) + "\n";
  MailJson list = MailJson::array();
  for (Told& each : told) list.push_back(std::move(each.json));
  return pretty_json(list) + "\n";
}

}  // namespace

net::Mail render_email(const EmailSender& sender, const EndpointSpec& subscription,
                       const std::vector<Outgoing>& notifications) {
  std::vector<Told> told;
  WallTime newest = notifications.front().notification.accepted_at;
  for (const Outgoing& each : notifications) {
    told.push_back(read_told(each));
    newest = std::max(newest, each.notification.accepted_at);
  }
  net::Mail mail{sender.address, {subscription.address}, ""};
  mail.text = "From: " + display_name(sender.name) + "<" + sender.address + ">\r\n" + "To: <" +
              header_text(subscription.address) + ">\r\n" + "Subject: " + header_text(subject_of(subscription, told)) +
              "\r\n" + "Date: " + mail_date(newest) + "\r\n" + "Message-ID: " + message_id(sender, subscription, told) +
              "\r\n" +
              // RFC 3834: nobody's absence shall be reported to the sender.
              "Auto-Submitted: auto-generated\r\n" + "X-Waybill-Topic: " + header_text(subscription.topic_arn) +
              "\r\n" + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  const bool as_json = subscription.protocol == "email-json";
  const EncodedBody body = encode_body(as_json ? json_body(std::move(told)) : plain_body(subscription, told));
  mail.text += std::string("Content-Transfer-Encoding: ") + body.transfer_encoding + "\r\n\r\n" + body.text;
  return mail;
}

}  // namespace waybill::topic
