#include "topic/email_transport.h"

#include <algorithm>

#include "base/log.h"

namespace waybill::topic {

namespace {

using SmtpKind = net::SmtpError::Kind;

constexpr std::chrono::seconds kAskAgain{1};
constexpr std::chrono::minutes kSayAgain{1};

std::size_t body_size(const Outgoing& outgoing) { return outgoing.notification.body.size(); }

// The least number of runs, in their order, of which none is larger than one e-mail should be.
std::vector<std::vector<Outgoing>> split_by_size(const std::vector<Outgoing>& outgoing) {
  std::vector<std::vector<Outgoing>> parts;
  std::size_t bytes = 0;
  for (const Outgoing& each : outgoing) {
    if (parts.empty() || bytes + body_size(each) > EmailRate::kMostBytes) {
      parts.emplace_back();
      bytes = 0;
    }
    parts.back().push_back(each);
    bytes += body_size(each);
  }
  return parts;
}

}  // namespace

// The mails of one call of send(), which go out one after the other.
struct EmailTransport::Sending {
  std::vector<net::Mail> mails;
  std::size_t next = 0;
  std::string subscription;  // ARN
  bool together = false;     // several notifications
  Callback done;
};

CallOutcome classify(const net::SmtpError& error, const std::string& server) {
  using Kind = CallOutcome::Kind;
  // What keeps one mail from leaving would keep the next one, too.
  const bool is_down = error.kind == SmtpKind::connect || error.kind == SmtpKind::tls || error.kind == SmtpKind::auth ||
                       error.kind == SmtpKind::timeout;
  const auto failed = [&](Kind kind, const char* code, const char* what) {
    return CallOutcome{kind, code, "the SMTP server " + server + what + error.message, Millis{0}, is_down};
  };
  switch (error.kind) {
    case SmtpKind::invalid: return {Kind::permanent, "INVALID_PARAMETER", error.message, Millis{0}};
    case SmtpKind::connect: return failed(Kind::retriable, "CONNECTION_FAILURE", " could not be reached: ");
    case SmtpKind::tls: return failed(Kind::retriable, "SDK_CLIENT_ERROR", " is not trusted: ");
    case SmtpKind::auth: return failed(Kind::retriable, "NO_PERMISSIONS", " does not let Waybill in: ");
    case SmtpKind::later: return failed(Kind::retriable, "ERROR_FROM_TARGET", " cannot take it now: ");
    case SmtpKind::rejected: return failed(Kind::permanent, "ERROR_FROM_TARGET", " refused it: ");
    case SmtpKind::timeout: return failed(Kind::retriable, "TIMEOUT", " did not answer in time: ");
    case SmtpKind::broken: return failed(Kind::retriable, "CONNECTION_FAILURE", " broke off: ");
    case SmtpKind::busy:
    case SmtpKind::stopped: break;
  }
  return {Kind::postponed, "", "", kAskAgain};
}

std::size_t EmailTransport::joint_limit(const EndpointSpec& subscription) const {
  const std::lock_guard lock(mutex_);
  return rate_.joint_limit(subscription.target_arn, wall_.now());
}

void EmailTransport::send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) {
  if (const Status fine = net::check_mail_address(subscription.address); !fine) {
    return done({CallOutcome::Kind::permanent, "INVALID_PARAMETER",
                 "no e-mail can be sent to " + subscription.address + ": " + fine.error().message, Millis{0}});
  }
  std::size_t largest = 1;
  for (const Outgoing& each : outgoing) largest = std::max(largest, body_size(each));
  std::optional<Millis> wait;
  {
    const std::lock_guard lock(mutex_);
    wait = rate_.admit(subscription.target_arn, wall_.now(), largest);
  }
  if (wait) return done({CallOutcome::Kind::postponed, "", "", *wait});
  auto sending = std::make_shared<Sending>();
  const EmailSender sender = sender_of(subscription);
  for (const auto& part : split_by_size(outgoing)) sending->mails.push_back(render_email(sender, subscription, part));
  sending->subscription = subscription.target_arn;
  sending->together = outgoing.size() > 1;
  sending->done = std::move(done);
  send_next(sending);
}

EmailSender EmailTransport::sender_of(const EndpointSpec& subscription) const {
  const auto topology = topology_.get();
  const TopicSpec* topic = topology ? topology->topic(subscription.topic_arn) : nullptr;
  if (topic && !topic->display_name.empty()) return {options_.from, topic->display_name};
  return {options_.from, subscription.topic_arn.substr(subscription.topic_arn.rfind(':') + 1)};
}

void EmailTransport::send_next(const SendingPtr& sending) {
  net::Mail mail = std::move(sending->mails[sending->next++]);
  mails_.submit(std::move(mail), [this, sending](net::SmtpResult result) {
    if (result && sending->next < sending->mails.size()) return send_next(sending);
    ended(sending, result);
  });
}

void EmailTransport::ended(const SendingPtr& sending, const net::SmtpResult& result) {
  CallOutcome outcome = result ? CallOutcome{} : classify(result.error(), options_.server);
  note(result, outcome.error_message);
  if (!result) {
    const std::lock_guard lock(mutex_);
    const WallTime now = wall_.now();
    rate_.give_back(sending->subscription, now);
    // One of them may be what the server will not have: apart, only that one is given up.
    if (sending->together && result.error().of_content) {
      rate_.send_apart(sending->subscription, now);
      outcome.kind = CallOutcome::Kind::retriable;
    }
  }
  sending->done(std::move(outcome));
}

void EmailTransport::note(const net::SmtpResult& result, const std::string& message) {
  const bool is_servers = !result && result.error().kind != SmtpKind::invalid &&
                          result.error().kind != SmtpKind::rejected && result.error().kind != SmtpKind::stopped &&
                          result.error().kind != SmtpKind::busy;
  bool say = false;
  {
    const std::lock_guard lock(mutex_);
    const WallTime now = wall_.now();
    if (result || result.error().kind == SmtpKind::rejected) {
      if (!problem_.empty()) spdlog::info("e-mails leave again by {}", options_.server);
      problem_.clear();
    } else if (is_servers) {
      say = message != problem_ || now < said_at_ || now >= said_at_ + kSayAgain;
      if (say) said_at_ = now;
      problem_ = message;
    }
  }
  if (say) spdlog::error("e-mails wait: {}", message);
}

std::string EmailTransport::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace waybill::topic
