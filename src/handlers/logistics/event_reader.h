// One record as an event, parsed once. Reads fields of its `detail` and remembers the first thing that was wrong, so
// that a handler reads what it needs and then looks at error() once. Nothing is moved out before that look, so that a
// failing event can be stored whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "waybill/handler.h"

namespace waybill::logistics {

class EventReader {
 public:
  explicit EventReader(const Record& record);
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;

  // The first thing that was wrong; empty while all is well.
  const std::string& error() const { return error_; }
  void fail(std::string message);

  // The event; its text as a JSON string when it does not parse.
  Json& whole() { return whole_; }
  // A field of the detail as sent; nullptr where it is not.
  Json* field(const char* name);
  // An optional text: `otherwise` where the field is not sent. Anything but a non-empty string is an error.
  std::string text(const char* name, const char* otherwise, const char* example);
  // A text that has to be there: `missing` is the error when it is not sent, null or empty.
  std::string required_text(const char* name, const char* missing, const char* example);
  // detail as an object, empty where not sent.
  Json detail() const;

  // `id` of the event; of the record where the event has none (somebody called the function with a bare detail).
  std::string id();
  // `time` of the event in seconds since the epoch; `now` where it has none.
  std::int64_t seconds(std::int64_t now);
  // `detail-type`, empty where not sent.
  std::string detail_type();

 private:
  void wrong_type(const char* field, const Json& value, const std::string& right);

  const Record& record_;
  Json whole_;
  Json* detail_ = nullptr;
  std::string error_;
};

}  // namespace waybill::logistics
