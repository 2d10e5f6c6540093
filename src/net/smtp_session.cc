#include "net/smtp_session.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <sys/socket.h>

#include "net/curl_call.h"

namespace waybill::net {

namespace {

using SmtpKind = SmtpError::Kind;
using AddressList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr std::size_t kReplyBytes = 500;  // of a reply that are kept for people
constexpr long kIdleSeconds = 30;         // servers end idle connections after minutes
constexpr long kTooLarge = 552;

// RFC 4954: authentication required, mechanism too weak, credentials invalid, encryption required.
bool is_about_login(long reply) { return reply == 530 || reply == 534 || reply == 535 || reply == 538; }

std::string url_of(const SmtpOptions& options) {
  const bool bare_ipv6 = options.host.find(':') != std::string::npos;
  const std::string host = bare_ipv6 ? "[" + options.host + "]" : options.host;
  return (options.tls == SmtpOptions::Tls::implicit ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(options.port);
}

AddressList list_of(const std::vector<std::string>& addresses) {
  AddressList list(nullptr, curl_slist_free_all);
  for (const std::string& address : addresses) {
    if (curl_slist* longer = curl_slist_append(list.get(), address.c_str())) {
      (void)list.release();
      list.reset(longer);
    }
  }
  return list;
}

}  // namespace

Status check_mail_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) {
    return invalid("an e-mail address has a name, @ and a domain");
  }
  if (address.size() > 254) return invalid("an e-mail address has at most 254 characters");
  for (const char c : address) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return invalid("e-mail addresses beyond ASCII are not supported; write the domain as xn--…");
    if (byte <= 0x20 || byte == 0x7f || std::strchr("<>,;\"\\()", c)) {
      return invalid("an e-mail address has no spaces, control characters, brackets, commas or quotes");
    }
  }
  return {};
}

Result<std::string> read_password(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // unlike iterators over it, this does not throw for a directory
  if (!file || text.bad()) return Error{ErrorCode::io, "'" + path + "' cannot be read"};
  std::string password = text.str();
  while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
  if (password.empty()) return invalid("'" + path + "' is empty");
  return password;
}

SmtpSession::SmtpSession(const SmtpOptions& options, const std::atomic<bool>& cancelled)
    : options_(options), cancelled_(cancelled) {
  init_curl();
  easy_.reset(curl_easy_init());
  if (easy_) set_up();
}

// curl says QUIT to a connection that it closes, and would wait two minutes for a server that does not answer: with the
// reading side shut, it says it and goes.
SmtpSession::~SmtpSession() {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (easy_ && curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
      socket != CURL_SOCKET_BAD) {
    ::shutdown(socket, SHUT_RD);
  }
}

void SmtpSession::set_up() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, url_of(options_).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  if (options_.tls == SmtpOptions::Tls::starttls) {
    curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  }
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   std::max(1L, static_cast<long>(options_.timeout.count() / 1000)));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kIdleSeconds);
  curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &SmtpSession::on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &SmtpSession::on_reply);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &SmtpSession::on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
}

// With another password than the open connection had, curl opens a new one.
Status SmtpSession::log_in() {
  if (options_.username.empty()) return {};
  WAYBILL_TRY(const std::string password, read_password(options_.password_file));
  curl_easy_setopt(easy_.get(), CURLOPT_USERNAME, options_.username.c_str());
  curl_easy_setopt(easy_.get(), CURLOPT_PASSWORD, password.c_str());
  return {};
}

SmtpResult SmtpSession::send(const Mail& mail) {
  if (!easy_) return SmtpError{SmtpKind::connect, 0, false, "libcurl could not be set up"};
  for (const std::string& address : mail.to) {
    if (const Status fine = check_mail_address(address); !fine) {
      return SmtpError{SmtpKind::invalid, 0, false, fine.error().message};
    }
  }
  if (const Status fine = check_mail_address(mail.from); !fine || mail.to.empty()) {
    return SmtpError{SmtpKind::invalid, 0, false, fine ? "the mail has no recipient" : fine.error().message};
  }
  if (const Status ready = log_in(); !ready) return SmtpError{SmtpKind::auth, 0, false, ready.error().message};
  CURL* easy = easy_.get();
  const AddressList to = list_of(mail.to);
  unsent_ = mail.text;
  content_began_ = false;
  reply_.clear();
  refusal_.clear();
  reply_ended_ = true;
  error_.front() = '\0';
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail.from.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.text.size()));
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, nullptr);
  unsent_ = {};
  return result_of(code);
}

SmtpResult SmtpSession::result_of(CURLcode code) const {
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &reply);
  const auto failed = [&](SmtpKind kind, bool of_content = false) {
    return SmtpError{kind, static_cast<int>(reply), of_content, words(code, reply)};
  };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return failed(SmtpKind::connect);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED: return failed(SmtpKind::tls);
    case CURLE_LOGIN_DENIED: return failed(SmtpKind::auth);
    case CURLE_OPERATION_TIMEDOUT: return failed(SmtpKind::timeout);
    case CURLE_ABORTED_BY_CALLBACK: return failed(SmtpKind::stopped);
    default: break;
  }
  if (is_about_login(reply)) return failed(SmtpKind::auth);
  if (reply / 100 == 4) return failed(SmtpKind::later);
  // curl: CURLE_SEND_ERROR is a command of this mail refused. Before these, a 5yz is of the server, which may recover.
  const bool of_this_mail = code == CURLE_SEND_ERROR || content_began_;
  if (reply / 100 == 5 && of_this_mail) return failed(SmtpKind::rejected, content_began_ || reply == kTooLarge);
  return failed(reply / 100 == 5 ? SmtpKind::connect : SmtpKind::broken);
}

// What the server refused with, where that ended it; else what curl says.
std::string SmtpSession::words(CURLcode code, long reply) const {
  if (reply >= 400 && refusal_.starts_with(std::to_string(reply))) return refusal_;
  return error_.front() != '\0' ? std::string(error_.data()) : curl_easy_strerror(code);
}

std::size_t SmtpSession::on_read(char* into, std::size_t, std::size_t room, void* context) {
  auto& self = *static_cast<SmtpSession*>(context);
  self.content_began_ = true;
  const std::size_t size = std::min(room, self.unsent_.size());
  std::memcpy(into, self.unsent_.data(), size);
  self.unsent_.remove_prefix(size);
  return size;
}

// A line of a reply: "550-first" … "550 last" (RFC 5321, section 4.2.1).
std::size_t SmtpSession::on_reply(char* data, std::size_t, std::size_t size, void* context) {
  auto& self = *static_cast<SmtpSession*>(context);
  std::string_view line(data, size);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (std::exchange(self.reply_ended_, line.size() < 4 || line[3] != '-')) self.reply_.clear();
  if (!self.reply_.empty()) self.reply_ += ' ';
  for (const char c : line.substr(0, kReplyBytes - std::min(kReplyBytes, self.reply_.size()))) {
    const auto byte = static_cast<unsigned char>(c);
    self.reply_ += byte < 0x20 || byte == 0x7f ? ' ' : byte < 0x80 ? c : '?';
  }
  // A later reply is the one to curl's QUIT.
  if (self.reply_ended_ && (line.starts_with('4') || line.starts_with('5'))) self.refusal_ = self.reply_;
  return size;
}

int SmtpSession::on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<SmtpSession*>(context)->cancelled_ ? 1 : 0;
}

}  // namespace waybill::net
