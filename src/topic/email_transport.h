// E-mails to subscriptions of the protocols email and email-json.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "net/smtp.h"
#include "topic/email_message.h"
#include "topic/email_rate.h"
#include "topic/transport.h"

namespace waybill::topic {

struct EmailOptions {
  std::string from;               // bare address
  std::string server;             // as people know it, for messages: host and port
  std::size_t digest_above = 10;  // e-mails a minute to a subscription; 0: never a digest
};

// Thread-safe. Must outlive the mails that it submits: the MailSender stops before this goes.
class EmailTransport final : public Transport {
 public:
  EmailTransport(net::MailSender& mails, const Snapshot<Topology>& topology, const WallClock& wall,
                 EmailOptions options)
      : mails_(mails), topology_(topology), wall_(wall), options_(std::move(options)), rate_(options_.digest_above) {}

  std::size_t joint_limit(const EndpointSpec& subscription) const override;
  void send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) override;

  // What keeps e-mails from leaving, as the last of them met it; "" when the last one left.
  std::string problem() const;

 private:
  struct Sending;
  using SendingPtr = std::shared_ptr<Sending>;
  EmailSender sender_of(const EndpointSpec& subscription) const;
  void send_next(const SendingPtr& sending);
  void ended(const SendingPtr& sending, const net::SmtpResult& result);
  void note(const net::SmtpResult& result, const std::string& message);

  net::MailSender& mails_;
  const Snapshot<Topology>& topology_;
  const WallClock& wall_;
  const EmailOptions options_;
  mutable std::mutex mutex_;
  EmailRate rate_;       // guarded by mutex_
  std::string problem_;  // guarded by mutex_
  WallTime said_at_;     // guarded by mutex_: when the problem was logged last
};

// What the failure of a mail comes to for its notifications. What the operator will mend (a login, a certificate) is
// retriable. Pure.
CallOutcome classify(const net::SmtpError& error, const std::string& server);

}  // namespace waybill::topic
