#include "queue/message.h"

#include <array>
#include <charconv>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/random.h"

namespace waybill::queue {

namespace {

using MessageJson = nlohmann::json;

bool is_binary(std::string_view type) { return type.starts_with("Binary"); }

// Not a secret: it tells a handle that was cut or changed from one that was made here.
std::uint64_t check_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

constexpr std::string_view kHandleMark = "wb2";

}  // namespace

std::string encode(const MessageAttributes& attributes) {
  if (attributes.empty()) return "";
  MessageJson json = MessageJson::object();
  for (const auto& [name, attribute] : attributes) {
    json[name] = {attribute.type, is_binary(attribute.type) ? to_base64(attribute.value) : attribute.value};
  }
  return json.dump(-1, ' ', false, MessageJson::error_handler_t::replace);
}

MessageAttributes decode_attributes(std::string_view text) {
  MessageAttributes attributes;
  if (text.empty()) return attributes;
  const auto json = MessageJson::parse(text, nullptr, false);
  if (!json.is_object()) return attributes;
  for (const auto& [name, pair] : json.items()) {
    MessageAttribute attribute{pair.at(0).get<std::string>(), pair.at(1).get<std::string>()};
    if (is_binary(attribute.type)) attribute.value = from_base64(attribute.value).value_or("");
    attributes.emplace(name, std::move(attribute));
  }
  return attributes;
}

std::size_t size_of(const MessageAttributes& attributes) {
  std::size_t bytes = 0;
  for (const auto& [name, attribute] : attributes)
    bytes += name.size() + attribute.type.size() + attribute.value.size();
  return bytes;
}

std::string message_id(MessageId id) { return uuid_from(static_cast<std::uint64_t>(id.value)); }

std::string sequence_number(MessageId id) {
  return std::to_string(10'000'000'000'000'000'000ULL + static_cast<std::uint64_t>(id.value));
}

std::string receipt_handle(const ReceiptHandle& handle) {
  const MessageFence& fence = handle.fence;
  std::string text(kHandleMark);
  for (const std::int64_t number : {fence.queue.value, fence.id.value, std::int64_t{fence.receives},
                                    to_millis(fence.visible_at), to_millis(handle.received_at)}) {
    text += '/' + std::to_string(number);
  }
  text += '/' + std::to_string(check_of(text));
  return to_base64(text);
}

std::optional<ReceiptHandle> read_receipt_handle(std::string_view handle) {
  const auto text = from_base64(handle);
  if (!text || !text->starts_with(kHandleMark)) return std::nullopt;
  const auto last = text->rfind('/');
  if (last == std::string::npos || text->substr(last + 1) != std::to_string(check_of(text->substr(0, last)))) {
    return std::nullopt;
  }
  std::array<std::int64_t, 5> numbers{};
  const char* at = text->data() + kHandleMark.size();
  const char* const end = text->data() + last;
  for (std::int64_t& number : numbers) {
    if (at == end || *at != '/') return std::nullopt;
    const auto [next, problem] = std::from_chars(at + 1, end, number);
    if (problem != std::errc()) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return ReceiptHandle{{{numbers[0]}, {numbers[1]}, static_cast<int>(numbers[2]), from_millis(numbers[3])},
                       from_millis(numbers[4])};
}

}  // namespace waybill::queue
