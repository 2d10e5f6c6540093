// One connection to an SMTP server, kept open between mails.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "net/smtp.h"

namespace waybill::net {

// Owner: one thread of the SmtpClient, which alone uses it; stays where it is made, for the handle points into it.
class SmtpSession {
 public:
  // Both outlive it. cancelled: set by another thread, ends what is being sent within a second.
  SmtpSession(const SmtpOptions& options, const std::atomic<bool>& cancelled);
  ~SmtpSession();
  SmtpSession(const SmtpSession&) = delete;
  SmtpSession& operator=(const SmtpSession&) = delete;

  // Blocks, up to the timeout of the options.
  SmtpResult send(const Mail& mail);

 private:
  static std::size_t on_read(char* into, std::size_t, std::size_t room, void* context);
  static std::size_t on_reply(char* data, std::size_t, std::size_t size, void* context);
  static int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  void set_up();
  Status log_in();
  SmtpResult result_of(CURLcode code) const;
  std::string words(CURLcode code, long reply) const;

  const SmtpOptions& options_;
  const std::atomic<bool>& cancelled_;
  std::string_view unsent_;  // of the mail that is being sent
  bool content_began_ = false;
  std::string reply_;  // the server's last one, without its line ends
  bool reply_ended_ = true;
  std::string refusal_;  // the last reply of 4yz or 5yz
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{nullptr, curl_easy_cleanup};
};

}  // namespace waybill::net
