// E-mails to subscriptions of the protocols email and email-json.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "net/smtp.h"
#include "topic/email_digest.h"
#include "topic/email_message.h"
#include "topic/email_rate.h"
#include "topic/transport.h"

namespace waybill::topic {

struct EmailOptions {
  std::string from;               // bare address
  std::string server;             // as people know it, for messages: host and port
  std::size_t digest_above = 10;  // e-mails a minute to a subscription; 0: never a digest
};

// One call of send() is one e-mail, of one notification or one digest. Several notifications are no e-mail yet: a
// digest takes their place in the store, and comes back by itself. Thread-safe. Must outlive the mails that it submits:
// the MailSender stops before this goes.
class EmailTransport final : public Transport {
 public:
  EmailTransport(net::MailSender& mails, const Snapshot<Topology>& topology, const WallClock& wall, NextId next_id,
                 EmailOptions options)
      : mails_(mails),
        topology_(topology),
        wall_(wall),
        next_id_(std::move(next_id)),
        options_(std::move(options)),
        rate_(options_.digest_above) {}

  std::size_t joint_limit(const EndpointSpec& subscription) const override;
  void send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) override;

  // What keeps e-mails from leaving, as the last of them met it; "" when the last one left.
  std::string problem() const;

 private:
  struct Sending;
  EmailSender sender_of(const EndpointSpec& subscription) const;
  Sent join_up(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing);
  void submit(const EndpointSpec& subscription, const Outgoing& outgoing, const std::vector<Payload>& members,
              Callback done);
  void ended(Sending& sending, const net::SmtpResult& result);
  void one_leaves_locked(const std::string& subscription);
  void note(const net::SmtpResult& result, const std::string& message);

  net::MailSender& mails_;
  const Snapshot<Topology>& topology_;
  const WallClock& wall_;
  const NextId next_id_;
  const EmailOptions options_;
  mutable std::mutex mutex_;
  EmailRate rate_;  // guarded by mutex_
  // By ARN of the subscription: how many calls carry one delivery, because digests are among what comes first. Guarded
  // by mutex_.
  std::map<std::string, std::size_t> alone_;
  std::string problem_;  // guarded by mutex_
  WallTime said_at_;     // guarded by mutex_: when the problem was logged last
};

// What the failure of a mail comes to for its notifications. What the operator will mend (a login, a certificate) is
// retriable. Pure.
CallOutcome classify(const net::SmtpError& error, const std::string& server);

}  // namespace waybill::topic
