// Notifications as topics make them, and a sender of e-mails that waits for the test.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/smtp.h"
#include "topic/transport.h"

namespace waybill::testing {

inline const std::string kMailTopic = "arn:aws:sns:us-east-1:000000000000:alerts";

inline EndpointSpec email_subscription(const std::string& address, const std::string& protocol = "email") {
  EndpointSpec spec;
  spec.kind = EndpointKind::subscription;
  spec.target_arn = kMailTopic + ":s1";
  spec.topic_arn = kMailTopic;
  spec.protocol = protocol;
  spec.address = address;
  return spec;
}

// A second apart from one another.
class Letters {
 public:
  Letters& add(const std::string& id, const std::string& subject, const std::string& message) {
    const WallTime time = from_millis(1'700'000'000'000 + static_cast<std::int64_t>(payloads_.size()) * 1000);
    nlohmann::json body{{"Type", "Notification"},
                        {"MessageId", id},
                        {"TopicArn", kMailTopic},
                        {"Message", message},
                        {"Timestamp", iso8601_millis(time)}};
    if (!subject.empty()) body["Subject"] = subject;
    deliveries_.emplace_back();
    payloads_.push_back({PayloadId{1}, PayloadKind::notification, time, kMailTopic, body.dump()});
    return *this;
  }
  std::vector<topic::Outgoing> outgoing() const {
    std::vector<topic::Outgoing> list;
    for (std::size_t i = 0; i < payloads_.size(); ++i) list.push_back({deliveries_[i], payloads_[i]});
    return list;
  }

 private:
  std::deque<Delivery> deliveries_;
  std::deque<Payload> payloads_;
};

class FakeMailSender final : public net::MailSender {
 public:
  void submit(net::Mail mail, Callback done) override {
    mails.push_back(std::move(mail));
    open_.push_back(std::move(done));
  }
  std::size_t open() const { return open_.size(); }
  // Ends the oldest mail that is open.
  void take() { end({}); }
  void fail(net::SmtpError error) { end(std::move(error)); }

  std::vector<net::Mail> mails;

 private:
  void end(net::SmtpResult result) {
    Callback done = std::move(open_.front());
    open_.pop_front();
    done(std::move(result));
  }
  std::deque<Callback> open_;
};

}  // namespace waybill::testing
