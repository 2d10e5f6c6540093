// Sends e-mails to one SMTP server: RFC 5321 over libcurl, with TLS and a login where they are asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/function.h"
#include "base/result.h"

namespace waybill::net {

struct SmtpOptions {
  enum class Tls {
    none,
    starttls,  // required: a server that does not offer it gets no mail
    implicit,  // from the first byte
  };
  std::string host;  // name or address
  std::uint16_t port = 25;
  Tls tls = Tls::none;
  std::string username;       // "" for no login
  std::string password_file;  // read for each mail, so that a new password needs no restart
  std::string ca_file;        // PEM certificates trusted in place of the system's; "" for the system's
  // Together below the 30 s that an attempt has: a mail must not leave after its attempt was settled as a timeout.
  std::chrono::milliseconds timeout{25'000};      // for one mail, connection included; real time
  std::chrono::milliseconds queue_timeout{3000};  // for a free connection
  std::size_t connections = 2;                    // open to the server at the same time
  std::size_t queue = 256;                        // mails that may wait for one
};

struct Mail {
  std::string from;             // envelope: bare addresses in ASCII
  std::vector<std::string> to;  // at least one; a server that refuses one of them gets the mail for none
  std::string text;             // header and body with CRLF at the end of lines; dots are not doubled
};

struct SmtpError {
  enum class Kind {
    invalid,   // the mail cannot be sent: an address with characters that none may have
    connect,   // no such host, no connection, or a server that greets with a refusal
    tls,       // the certificate is not trusted, the CA file cannot be read, or the server has no STARTTLS
    auth,      // the login was refused, or one is required; or the password cannot be read
    later,     // the server answered 4yz
    rejected,  // the server answered 5yz to this mail
    timeout,   // not done within the timeout; the server may have taken the mail
    broken,    // the connection ended on the way; the server may have taken the mail
    busy,      // nothing was sent: no connection was free in time
    stopped,   // the client was stopped
  };
  Kind kind = Kind::broken;
  int reply = 0;            // the server's last reply code, 0 for none
  bool of_content = false;  // rejected, and for what the mail holds (its size, its text), not for its addresses
  std::string message;      // for people: the server's words where it said something
};

[[noreturn]] inline void throw_exception_from_error(const SmtpError& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

// Success: the server took the mail.
using SmtpResult = boost::system::result<void, SmtpError>;

// Thread-safe.
class MailSender {
 public:
  using Callback = UniqueFunction<void(SmtpResult)>;
  virtual ~MailSender() = default;
  // `done` is called exactly once, also when the sender stops. It must neither block nor throw.
  virtual void submit(Mail mail, Callback done) = 0;
};

// Over libcurl, whose SMTP waits for the reply to a mail inside of one call: hence not on the thread of CurlOutbound,
// whose calls would wait with it, but on one thread for each connection, made by the constructor and ended by stop().
// A connection is used again while the server keeps it open. Callbacks run on those threads; what comes after stop(),
// or finds the queue full, is answered on the thread that submits, before submit() returns.
class SmtpClient final : public MailSender {
 public:
  explicit SmtpClient(SmtpOptions options);
  ~SmtpClient() override;  // stop()

  void submit(Mail mail, Callback done) override;
  // Sends nothing more; what is being sent gets up to `grace`, then it is cut off. Every callback has been called when
  // it returns. Idempotent, from any thread but in a callback.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{2});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Refuses what could end an SMTP command or smuggle another one in: control characters, spaces, angle brackets, commas,
// quotes; and, for now, what is not ASCII. Error: invalid, naming the rule.
Status check_mail_address(std::string_view address);

// What stands in the file, without the line ends after it. Errors: io (it cannot be read), invalid (it is empty).
Result<std::string> read_password(const std::string& path);

}  // namespace waybill::net
