#include "store/logged_changes.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>

namespace waybill::store {

namespace {

// Stored: never change the value of an existing entry.
enum class Tag : std::uint8_t { payload = 1, delivery = 2, archived_event = 3 };

class Writer {
 public:
  explicit Writer(std::string& bytes) : bytes_(bytes) {}

  void tag(Tag tag) { bytes_.push_back(static_cast<char>(tag)); }
  // Eight bytes, the lowest first.
  void number(std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    char octets[8];
    for (int i = 0; i < 8; ++i) octets[i] = static_cast<char>(bits >> (8 * i));
    bytes_.append(octets, sizeof octets);
  }
  void text(std::string_view text) {
    number(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }

 private:
  std::string& bytes_;
};

// After the first read past the end everything is empty, and ok() false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }
  Tag tag() { return static_cast<Tag>(take(1).empty() ? 0 : last_.front()); }
  std::int64_t number() {
    std::uint64_t bits = 0;
    const std::string_view octets = take(8);
    for (std::size_t i = octets.size(); i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(octets[i]);
    return static_cast<std::int64_t>(bits);
  }
  WallTime time() { return from_millis(number()); }
  std::string text() {
    const auto size = static_cast<std::uint64_t>(number());
    return std::string(take(size));
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = last_ = {};
      return {};
    }
    last_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return last_;
  }

  std::string_view rest_;
  std::string_view last_;
  bool ok_ = true;
};

void write(Writer& to, const InsertPayload& change) {
  const Payload& payload = *change.payload;
  to.tag(Tag::payload);
  to.number(payload.id.value);
  to.number(static_cast<std::int64_t>(payload.kind));
  to.number(to_millis(payload.accepted_at));
  to.text(payload.origin);
  to.text(payload.body);
}

InsertPayload read_payload(Reader& from) {
  Payload payload;
  payload.id = {from.number()};
  payload.kind = static_cast<PayloadKind>(from.number());
  payload.accepted_at = from.time();
  payload.origin = from.text();
  payload.body = from.text();
  return {std::make_shared<const Payload>(std::move(payload))};
}

void write(Writer& to, const InsertDelivery& change) {
  const Delivery& delivery = change.delivery;
  to.tag(Tag::delivery);
  to.number(delivery.key.endpoint.value);
  to.number(to_millis(delivery.key.due));
  to.number(delivery.key.id.value);
  to.number(delivery.payload.value);
  to.number(delivery.attempts);
  to.number(delivery.depth);
  to.number(to_millis(delivery.ingested_at));
  to.text(delivery.last_error);
}

InsertDelivery read_delivery(Reader& from) {
  Delivery delivery;
  delivery.key.endpoint = {from.number()};
  delivery.key.due = from.time();
  delivery.key.id = {from.number()};
  delivery.payload = {from.number()};
  delivery.attempts = static_cast<int>(from.number());
  delivery.depth = static_cast<int>(from.number());
  delivery.ingested_at = from.time();
  delivery.last_error = from.text();
  return {std::move(delivery)};
}

void write(Writer& to, const ArchiveEvent& event) {
  to.tag(Tag::archived_event);
  to.number(event.archive.value);
  to.number(to_millis(event.event_time));
  to.number(event.payload.value);
  to.number(event.bytes);
  to.number(to_millis(event.archived_at));
}

ArchiveEvent read_archived_event(Reader& from) {
  ArchiveEvent event;
  event.archive = {from.number()};
  event.event_time = from.time();
  event.payload = {from.number()};
  event.bytes = from.number();
  event.archived_at = from.time();
  return event;
}

std::optional<Change> read_change(Reader& from) {
  switch (from.tag()) {
    case Tag::payload: return read_payload(from);
    case Tag::delivery: return read_delivery(from);
    case Tag::archived_event: return read_archived_event(from);
  }
  return std::nullopt;
}

}  // namespace

bool loggable(const Changes& changes) {
  return std::ranges::all_of(changes.list, [](const Change& change) {
    if (const auto* insert = std::get_if<InsertPayload>(&change)) return insert->payload != nullptr;
    return std::holds_alternative<InsertDelivery>(change) || std::holds_alternative<ArchiveEvent>(change);
  });
}

void append_logged(const Changes& changes, std::string& bytes) {
  Writer writer(bytes);
  for (const Change& change : changes.list) {
    std::visit(
        [&](const auto& one) {
          if constexpr (requires { write(writer, one); }) write(writer, one);
        },
        change);
  }
}

Result<Changes> read_logged(std::string_view bytes) {
  Changes changes;
  for (Reader reader(bytes); !reader.at_end();) {
    std::optional<Change> change = read_change(reader);
    if (!change || !reader.ok()) return Error{ErrorCode::corrupt, "a unit of the ingress log cannot be read"};
    changes.list.push_back(std::move(*change));
  }
  return changes;
}

}  // namespace waybill::store
