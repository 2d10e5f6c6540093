// E-mails out of topics: what the settings say of them, and who sends them.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/settings.h"
#include "net/smtp.h"
#include "topic/email_transport.h"

namespace waybill {

struct MailSetup {
  net::SmtpOptions smtp;
  topic::EmailOptions email;
};

// Empty without smtp.host: e-mails wait in the store then. Errors name the setting that is wrong or missing.
Result<std::optional<MailSetup>> mail_setup(const Settings& settings);

// Owner: the App. Thread-safe. Ended by stop(), or with its last reference.
class Mailer {
 public:
  Mailer(MailSetup setup, const Snapshot<Topology>& topology, const WallClock& wall, topic::NextId next_id)
      : server_(setup.email.server),
        from_(setup.email.from),
        client_(std::move(setup.smtp)),
        transport_(client_, topology, wall, std::move(next_id), std::move(setup.email)) {}
  // Before the transport goes, no mail is on its way that would call it.
  ~Mailer() { stop(); }

  topic::Transport& transport() { return transport_; }
  // As `waybill status` shows it: the server, and what keeps e-mails from leaving at present, if anything does.
  nlohmann::json status() const;
  void stop() { client_.stop(); }

 private:
  const std::string server_, from_;
  net::SmtpClient client_;
  topic::EmailTransport transport_;
};

// Protocols of subscriptions whose notifications leave, with these settings.
std::set<std::string, std::less<>> sent_protocols(const Settings& settings);

}  // namespace waybill
