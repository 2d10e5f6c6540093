#include "destination/tokens.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "destination/request.h"

namespace waybill::destination {

namespace {

constexpr std::chrono::seconds kLifeUnlessTold = std::chrono::hours{1};
constexpr std::chrono::seconds kLongestLife = std::chrono::hours{24};
constexpr std::chrono::seconds kLargestMargin{60};

struct Granted {
  std::string token;
  std::chrono::seconds life;
};

// A token is not used in the last tenth of its life, so that it does not expire on the way.
std::chrono::seconds usable(std::int64_t expires_in) {
  const std::chrono::seconds life{std::clamp<std::int64_t>(expires_in, 0, kLongestLife.count())};
  return life - std::min(life / 10, kLargestMargin);
}

// RFC 6749, section 5.1. Some servers write the seconds as a string.
std::optional<Granted> read_grant(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("access_token") || !json["access_token"].is_string()) return std::nullopt;
  Granted granted{json["access_token"].get<std::string>(), kLifeUnlessTold};
  if (granted.token.empty()) return std::nullopt;
  const auto expires = json.find("expires_in");
  if (expires == json.end()) return granted;
  if (expires->is_number()) granted.life = usable(expires->get<std::int64_t>());
  if (expires->is_string()) granted.life = usable(std::strtoll(expires->get<std::string>().c_str(), nullptr, 10));
  return granted;
}

}  // namespace

TokenSource::EntryPtr TokenSource::entry_of(Entries& entries, const ConnectionSpec& connection) const {
  const OAuth& oauth = std::get<OAuth>(connection.auth);
  EntryPtr& entry = entries[connection.arn];
  if (entry && entry->oauth == oauth) return entry;
  EntryPtr fresh = entry = std::make_shared<Entry>();
  fresh->oauth = oauth;
  const SteadyTime now = steady_.now();
  // Connections that were deleted must not stay for ever.
  std::erase_if(entries, [&](const auto& each) {
    return each.second != fresh && !each.second->fetching && each.second->good_until <= now;
  });
  return fresh;
}

void TokenSource::get(const std::shared_ptr<const ConnectionSpec>& connection, Callback done) {
  EntryPtr to_fetch;
  const std::string token = entries_.with([&](auto& entries) {
    const EntryPtr entry = entry_of(entries, *connection);
    if (!entry->token.empty() && steady_.now() < entry->good_until) return entry->token;
    entry->waiting.push_back(std::move(done));
    if (!std::exchange(entry->fetching, true)) to_fetch = entry;
    return std::string();
  });
  if (!token.empty()) return done(token);
  if (to_fetch) fetch(connection, to_fetch);
}

void TokenSource::refused(const ConnectionSpec& connection, const std::string& token) {
  entries_.with([&](auto& entries) {
    const EntryPtr entry = entry_of(entries, connection);
    if (entry->token == token) entry->token.clear();
  });
}

void TokenSource::fetch(const std::shared_ptr<const ConnectionSpec>& connection, const EntryPtr& entry) {
  using Kind = CallOutcome::Kind;
  auto call = build_token_request(std::get<OAuth>(connection->auth));
  if (!call) {
    finish(entry, CallOutcome{Kind::permanent, "INVALID_PARAMETER", call.error().message, {}}, {});
    return;
  }
  http_.submit(std::move(*call), [this, connection, entry](net::OutboundResult result) {
    constexpr const char* kWho = "the authorization endpoint of the connection";
    if (!result) return finish(entry, classify(result.error(), kWho), {});
    CallOutcome outcome = classify(*result, kWho, secrets_of(*connection), wall_.now());
    if (outcome.kind != Kind::delivered) return finish(entry, std::move(outcome), {});
    auto granted = read_grant(result->body);
    if (granted) return finish(entry, std::move(granted->token), granted->life);
    // What it did answer may be a secret.
    outcome = {Kind::retriable, "ERROR_FROM_TARGET", std::string(kWho) + " answered without an access_token", {}};
    finish(entry, std::move(outcome), {});
  });
}

void TokenSource::finish(const EntryPtr& entry, Token token, std::chrono::seconds life) {
  auto waiting = entries_.with([&](auto&) {
    const auto* text = std::get_if<std::string>(&token);
    entry->token = text ? *text : std::string();
    entry->good_until = steady_.now() + life;
    entry->fetching = false;
    return std::exchange(entry->waiting, {});
  });
  for (Callback& each : waiting) each(token);
}

}  // namespace waybill::destination
