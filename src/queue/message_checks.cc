#include "queue/message_checks.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/json_text.h"

namespace waybill::queue {

namespace {

constexpr std::string_view kNotForThisType = "The request include parameter that is not valid for this queue type.";

// 1 to 128 characters of letters, digits and punctuation.
bool is_group_or_dedup_id(std::string_view text) {
  return text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Answer<void> check_id(std::string_view id, const char* parameter) {
  if (is_group_or_dedup_id(id)) return {};
  return invalid_value(id, parameter,
                       "It can be up to 128 characters long and include alphanumeric and punctuation characters.");
}

Answer<void> check_fifo(const QueueSpec& queue, const SendEntry& entry) {
  if (entry.delay && entry.delay->count() != 0) {
    return invalid_value(std::to_string(entry.delay->count()), "DelaySeconds", kNotForThisType);
  }
  if (entry.group_id.empty()) return missing_parameter("MessageGroupId");
  if (entry.deduplication_id.empty() && !queue.content_dedup) {
    return invalid_parameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
  return check_id(entry.deduplication_id, "MessageDeduplicationId");
}

Answer<void> check_standard(const SendEntry& entry) {
  if (!entry.deduplication_id.empty()) {
    return invalid_value(entry.deduplication_id, "MessageDeduplicationId", kNotForThisType);
  }
  if (entry.delay && (entry.delay->count() < 0 || *entry.delay > kMaxDelay)) {
    return invalid_value(std::to_string(entry.delay->count()), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  }
  return {};
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

}  // namespace

bool is_message_text(std::string_view text) {
  const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  if (controls || !is_valid_utf8(text)) return false;
  // U+FFFE and U+FFFF are the only ones of valid UTF-8 that are left to refuse.
  return text.find("\xEF\xBF\xBE") == std::string_view::npos && text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

Answer<void> check_message(const QueueSpec& queue, const SendEntry& entry) {
  if (entry.body.empty()) return missing_parameter("MessageBody");
  if (entry.body.size() + size_of(entry.attributes) > queue.max_message_bytes) {
    return invalid_parameter("One or more parameters are invalid. Reason: Message must be shorter than " +
                             std::to_string(queue.max_message_bytes) + " bytes.");
  }
  if (!is_message_text(entry.body)) {
    return invalid_message_contents(
        "The message body has characters outside of the set that is allowed: #x9 | #xA | #xD | #x20 to #xD7FF | "
        "#xE000 to #xFFFD | #x10000 to #x10FFFF");
  }
  if (auto fault = check_id(entry.group_id, "MessageGroupId"); !fault) return fault;
  return queue.fifo ? check_fifo(queue, entry) : check_standard(entry);
}

std::string deduplication_id(const QueueSpec& queue, const SendEntry& entry) {
  if (!queue.fifo) return "";
  return entry.deduplication_id.empty() ? sha256_hex(entry.body) : entry.deduplication_id;
}

std::string deduplication_key(const QueueSpec& queue, const Message& message) {
  if (!queue.fifo) return "";
  // Ids have no control characters, so that no two pairs have one key.
  return queue.dedup_by_group ? message.group + '\n' + message.dedup : message.dedup;
}

}  // namespace waybill::queue
