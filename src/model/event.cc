#include "model/event.h"

#include "base/iso_time.h"
#include "base/json_text.h"

namespace waybill {

namespace {

constexpr std::string_view kStart = R"({"version":"0","id":")";
constexpr std::size_t kUuidLength = 36;

}  // namespace

void append_event_head(const EventFields& fields, std::string& out) {
  out.append(kStart).append(fields.id).append(R"(","detail-type":)");
  append_json_string(fields.detail_type, out);
  out.append(R"(,"source":)");
  append_json_string(fields.source, out);
  out.append(R"(,"account":")").append(fields.account).append(R"(","time":")");
  out.append(iso8601_seconds(fields.time)).append(R"(","region":")").append(fields.region);
  out.append(R"(","resources":[)");
  if (fields.resources) {
    for (std::size_t i = 0; i < fields.resources->size(); ++i) {
      if (i > 0) out.push_back(',');
      append_json_string((*fields.resources)[i], out);
    }
  }
  out.append(R"(],"detail":)");
}

WallTime event_time(std::string_view event) {
  // Quotes inside of texts are escaped: this cannot be found in one.
  constexpr std::string_view kTime = R"(,"time":")";
  constexpr std::size_t kLength = std::string_view("YYYY-MM-DDTHH:MM:SSZ").size();
  const std::size_t at = event.find(kTime);
  if (at == std::string_view::npos) return {};
  return parse_iso8601(event.substr(at + kTime.size(), kLength)).value_or(WallTime{});
}

std::string_view event_id(std::string_view event) {
  if (!event.starts_with(kStart) || event.size() < kStart.size() + kUuidLength) return {};
  return event.substr(kStart.size(), kUuidLength);
}

}  // namespace waybill
