#include "topic/email_transport.h"

#include <algorithm>

#include "base/log.h"

namespace waybill::topic {

namespace {

using SmtpKind = net::SmtpError::Kind;

constexpr std::chrono::seconds kAskAgain{1};
constexpr std::chrono::minutes kSayAgain{1};

// As what it is sent, one or several.
std::vector<Outgoing> told_in(const Outgoing& outgoing, const std::vector<Payload>& members) {
  if (members.empty()) return {outgoing};
  std::vector<Outgoing> told;
  for (const Payload& member : members) told.push_back({outgoing.delivery, member});
  return told;
}

}  // namespace

// The e-mail of one call of send().
struct EmailTransport::Sending {
  std::string subscription;  // ARN
  Regrouped apart;           // of a digest: what takes its place when the server will not have it
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
  if (alone_.contains(subscription.target_arn)) return 1;
  return rate_.joint_limit(subscription.target_arn, wall_.now());
}

void EmailTransport::send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) {
  if (const Status fine = net::check_mail_address(subscription.address); !fine) {
    return done(CallOutcome{CallOutcome::Kind::permanent, "INVALID_PARAMETER",
                            "no e-mail can be sent to " + subscription.address + ": " + fine.error().message,
                            Millis{0}});
  }
  if (outgoing.size() > 1) return done(join_up(subscription, outgoing));
  const Outgoing& only = outgoing.front();
  const std::vector<Payload> members = notifications_in(only.notification);
  std::size_t largest = 1;
  for (const Outgoing& each : told_in(only, members)) largest = std::max(largest, each.notification.body.size());
  std::optional<Millis> wait;
  {
    const std::lock_guard lock(mutex_);
    wait = rate_.admit(subscription.target_arn, wall_.now(), largest);
    if (!wait) one_leaves_locked(subscription.target_arn);
  }
  if (wait) return done(CallOutcome{CallOutcome::Kind::postponed, "", "", *wait});
  submit(subscription, only, members, std::move(done));
}

// A digest stays what it is, whatever comes with it: its e-mail may have reached somebody.
Sent EmailTransport::join_up(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing) {
  std::vector<Outgoing> loose;
  for (const Outgoing& each : outgoing) {
    if (!is_digest(each.notification)) loose.push_back(each);
  }
  const bool all_loose = loose.size() == outgoing.size();
  Sent sent{CallOutcome{all_loose ? CallOutcome::Kind::delivered : CallOutcome::Kind::postponed, "", "", Millis{0}}};
  if (all_loose) sent.instead = join(loose, {EmailRate::kMostBytes}, next_id_);
  const std::lock_guard lock(mutex_);
  alone_[subscription.target_arn] += all_loose ? sent.instead.deliveries.size() : outgoing.size();
  return sent;
}

EmailSender EmailTransport::sender_of(const EndpointSpec& subscription) const {
  const auto topology = topology_.get();
  const TopicSpec* topic = topology ? topology->topic(subscription.topic_arn) : nullptr;
  if (topic && !topic->display_name.empty()) return {options_.from, topic->display_name};
  return {options_.from, subscription.topic_arn.substr(subscription.topic_arn.rfind(':') + 1)};
}

void EmailTransport::submit(const EndpointSpec& subscription, const Outgoing& outgoing,
                            const std::vector<Payload>& members, Callback done) {
  auto sending = std::make_shared<Sending>();
  sending->subscription = subscription.target_arn;
  if (!members.empty()) sending->apart = split(outgoing, next_id_);
  sending->done = std::move(done);
  mails_.submit(render_email(sender_of(subscription), subscription, told_in(outgoing, members)),
                [this, sending](const net::SmtpResult& result) { ended(*sending, result); });
}

void EmailTransport::ended(Sending& sending, const net::SmtpResult& result) {
  Sent sent{result ? CallOutcome{} : classify(result.error(), options_.server)};
  note(result, sent.error_message);
  {
    const std::lock_guard lock(mutex_);
    if (!result) {
      const WallTime now = wall_.now();
      rate_.give_back(sending.subscription, now);
      // One of them may be what the server will not have: apart, only that one is given up.
      if (!sending.apart.deliveries.empty() && result.error().of_content) {
        rate_.send_apart(sending.subscription, now);
        sent = Sent{CallOutcome{}, std::move(sending.apart)};
      }
    }
  }
  sending.done(std::move(sent));
}

void EmailTransport::one_leaves_locked(const std::string& subscription) {
  const auto found = alone_.find(subscription);
  if (found != alone_.end() && --found->second == 0) alone_.erase(found);
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
