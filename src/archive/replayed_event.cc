#include "archive/replayed_event.h"

#include "base/json_text.h"
#include "model/event.h"

namespace waybill::archive {

std::optional<std::string> replayed_event(std::string_view event, std::string_view id, std::string_view replay_name) {
  // Not to be found earlier: a quote inside of a JSON string has a backslash before it.
  constexpr std::string_view kBefore = R"(","resources":[)";
  const std::string_view old_id = event_id(event);
  const std::size_t at = event.find(kBefore);
  if (old_id.empty() || at == std::string_view::npos) return std::nullopt;
  const auto id_at = static_cast<std::size_t>(old_id.data() - event.data());
  const std::size_t after_id = id_at + old_id.size();
  std::string text;
  text.reserve(event.size() + replay_name.size() + 20);
  text.append(event.substr(0, id_at)).append(id).append(event.substr(after_id, at + 1 - after_id));
  text.append(R"(,"replay-name":)");
  append_json_string(replay_name, text);
  text.append(event.substr(at + 1));
  return text;
}

}  // namespace waybill::archive
