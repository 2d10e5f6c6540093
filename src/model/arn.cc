#include "model/arn.h"

#include <array>
#include <cctype>

namespace waybill {

std::optional<Arn> Arn::parse(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty()) return std::nullopt;
  return Arn{std::string(parts[1]), std::string(parts[2]), std::string(parts[3]), std::string(parts[4]),
             std::string(text)};
}

std::string Arn::str() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

std::optional<std::string> Arn::resource_of(std::string_view type) const {
  if (resource.size() <= type.size() || resource.compare(0, type.size(), type) != 0) return std::nullopt;
  const char mark = resource[type.size()];
  if (mark != '/' && mark != ':') return std::nullopt;
  return resource.substr(type.size() + 1);
}

namespace {

// Once an event, for its bus: written in one piece.
std::string make(const Place& place, std::string_view service, std::string_view type, std::string_view name) {
  constexpr std::string_view kStart = "arn:aws:";
  std::string arn;
  arn.reserve(kStart.size() + service.size() + place.region.size() + place.account.size() + type.size() + name.size() +
              3);
  arn.append(kStart).append(service) += ':';
  arn.append(place.region) += ':';
  arn.append(place.account) += ':';
  return arn.append(type).append(name);
}

}  // namespace

std::string Place::event_bus(std::string_view name) const { return make(*this, "events", "event-bus/", name); }
std::string Place::rule(std::string_view bus, std::string_view name) const {
  const std::string prefix = bus == "default" ? "rule/" : "rule/" + std::string(bus) + "/";
  return make(*this, "events", prefix, name);
}
std::string Place::archive(std::string_view name) const { return make(*this, "events", "archive/", name); }
std::string Place::replay(std::string_view name) const { return make(*this, "events", "replay/", name); }
std::string Place::table(std::string_view name) const { return make(*this, "dynamodb", "table/", name); }
std::string Place::topic(std::string_view name) const { return make(*this, "sns", "", name); }
std::string Place::queue(std::string_view name) const { return make(*this, "sqs", "", name); }
std::string Place::function(std::string_view name) const { return make(*this, "lambda", "function:", name); }

namespace {

bool same_character(char a, char b, bool ignore_case) {
  if (a == b) return true;
  return ignore_case && std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

bool wildcard_matches(std::string_view pattern, std::string_view text, bool ignore_case) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same_character(pattern[p], text[t], ignore_case))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string_view event_bus_name(std::string_view name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  constexpr std::string_view kType = ":event-bus/";
  const std::size_t at = name_or_arn.find(kType);
  return at == std::string_view::npos ? name_or_arn : name_or_arn.substr(at + kType.size());
}

}  // namespace waybill
