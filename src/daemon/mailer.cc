#include "daemon/mailer.h"

#include <algorithm>

namespace waybill {

namespace {

using SmtpTls = net::SmtpOptions::Tls;

Result<SmtpTls> tls_mode(const std::string& text) {
  if (text == "none") return SmtpTls::none;
  if (text == "starttls") return SmtpTls::starttls;
  if (text == "implicit") return SmtpTls::implicit;
  return invalid("smtp.tls: '" + text + "' is not known; use none, starttls or implicit");
}

// RFC 6409 and 8314: submission with STARTTLS, and with TLS from the first byte.
std::uint16_t usual_port(SmtpTls tls) {
  if (tls == SmtpTls::starttls) return 587;
  return tls == SmtpTls::implicit ? 465 : 25;
}

bool is_host(const std::string& host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == ':' || c == '_';
  });
}

bool is_loopback_name(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Status check_login(const Settings& settings, SmtpTls tls) {
  const std::string& username = settings.text("smtp.username");
  const std::string& path = settings.text("smtp.password_file");
  if (username.empty() && path.empty()) return {};
  if (username.empty()) return invalid("smtp.username: it is empty, and smtp.password_file is not; a login has both");
  if (path.empty()) return invalid("smtp.password_file: it is empty, and smtp.username is not; a login has both");
  if (tls == SmtpTls::none && !is_loopback_name(settings.text("smtp.host"))) {
    return invalid("smtp.tls: none would send the password as plain text; use starttls or implicit");
  }
  const auto password = net::read_password(path);
  if (!password) return invalid("smtp.password_file: " + password.error().message);
  return {};
}

}  // namespace

Result<std::optional<MailSetup>> mail_setup(const Settings& settings) {
  WAYBILL_TRY(const SmtpTls tls, tls_mode(settings.text("smtp.tls")));
  MailSetup setup;
  setup.smtp.host = settings.text("smtp.host");
  if (setup.smtp.host.empty()) return std::optional<MailSetup>();
  if (!is_host(setup.smtp.host)) {
    return invalid("smtp.host: '" + setup.smtp.host + "' is no name or address of a host; the port is smtp.port");
  }
  const std::int64_t port = settings.number("smtp.port");
  setup.smtp.port = port == 0 ? usual_port(tls) : static_cast<std::uint16_t>(port);
  setup.smtp.tls = tls;
  WAYBILL_CHECK(check_login(settings, tls));
  setup.smtp.username = settings.text("smtp.username");
  setup.smtp.password_file = settings.text("smtp.password_file");
  setup.smtp.ca_file = settings.text("outbound.ca_file");
  setup.email.from = settings.text("smtp.from");
  if (setup.email.from.empty()) return invalid("smtp.from: it is empty; e-mails need an address that they come from");
  if (const Status fine = net::check_mail_address(setup.email.from); !fine) {
    return invalid("smtp.from: '" + setup.email.from + "': " + fine.error().message);
  }
  setup.email.server = setup.smtp.host + ":" + std::to_string(setup.smtp.port);
  setup.email.digest_above = static_cast<std::size_t>(settings.number("smtp.digest_above"));
  return std::optional<MailSetup>(std::move(setup));
}

nlohmann::json Mailer::status() const {
  nlohmann::json shown{{"server", server_}, {"from", from_}};
  if (const std::string problem = transport_.problem(); !problem.empty()) shown["problem"] = problem;
  return shown;
}

std::set<std::string, std::less<>> sent_protocols(const Settings& settings) {
  std::set<std::string, std::less<>> protocols{"http", "https", "lambda", "sqs"};
  if (!settings.text("smtp.host").empty()) protocols.insert({"email", "email-json"});
  return protocols;
}

}  // namespace waybill
