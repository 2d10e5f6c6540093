// Access tokens of OAuth connections: fetched when first needed, kept until shortly before they expire.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/guarded.h"
#include "destination/outcome.h"
#include "destination/specs.h"
#include "net/outbound.h"

namespace waybill::destination {

// Thread-safe. Must outlive the calls that it submits: the Outbound stops before this goes.
class TokenSource {
 public:
  using Token = std::variant<std::string, CallOutcome>;  // or why there is none
  using Callback = UniqueFunction<void(Token)>;

  TokenSource(net::Outbound& http, const WallClock& wall, const SteadyClock& steady)
      : http_(http), wall_(wall), steady_(steady) {}

  // Calls back once: at once when a token is there, else when the one fetch of this connection that is under way has
  // ended. REQUIRES: connection is one with OAuth.
  void get(const std::shared_ptr<const ConnectionSpec>& connection, Callback done);
  // The API did not accept this token: the next get() fetches another.
  void refused(const ConnectionSpec& connection, const std::string& token);

 private:
  struct Entry {
    OAuth oauth;  // a connection that changed starts over
    std::string token;
    SteadyTime good_until;
    bool fetching = false;
    std::vector<Callback> waiting;
  };
  using EntryPtr = std::shared_ptr<Entry>;
  using Entries = std::unordered_map<std::string, EntryPtr>;  // by ARN; guarded, with what it points to

  EntryPtr entry_of(Entries& entries, const ConnectionSpec& connection) const;
  void fetch(const std::shared_ptr<const ConnectionSpec>& connection, const EntryPtr& entry);
  void finish(const EntryPtr& entry, Token token, std::chrono::seconds life);

  net::Outbound& http_;
  const WallClock& wall_;
  const SteadyClock& steady_;
  Guarded<Entries> entries_;
};

}  // namespace waybill::destination
