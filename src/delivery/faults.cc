#include "delivery/faults.h"

#include <algorithm>

#include "model/arn.h"

namespace waybill::delivery {

namespace {

// "work" of …:function:work, "calls" of …:api-destination/calls/<id>, "orders" of …:event-bus/orders, "alerts" of a
// topic or of a subscription to it.
std::string_view name_in(std::string_view arn) {
  std::size_t at = 0;
  for (int colons = 0; colons < 5; ++colons) {
    at = arn.find(':', at);
    if (at == std::string_view::npos) return {};
    ++at;
  }
  std::string_view name = arn.substr(at);
  for (const std::string_view type : {"function:", "event-bus/", "api-destination/", "log-group:"}) {
    if (name.starts_with(type)) name.remove_prefix(type.size());
  }
  return name.substr(0, name.find_first_of(":/"));
}

// A draw in [0, 1).
double draw(Random& dice) {
  constexpr std::uint64_t kParts = 1'000'000'000;
  return static_cast<double>(dice.below(kParts)) / static_cast<double>(kParts);
}

}  // namespace

bool Faults::matches(const std::string& target, const EndpointSpec& endpoint) {
  const std::string_view names[] = {endpoint.target_arn, name_in(endpoint.target_arn), endpoint.topic_arn,
                                    name_in(endpoint.topic_arn), endpoint.address};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return !name.empty() && wildcard_matches(target, name, false); });
}

Fault Faults::add(FaultSpec spec) {
  return state_.with([&](State& state) {
    Fault fault{++state.last_id, std::move(spec), 0};
    state.entries.push_back({fault, std::make_unique<SeededRandom>(fault.spec.seed)});
    return fault;
  });
}

std::vector<Fault> Faults::list() const {
  return state_.with([](const State& state) {
    std::vector<Fault> faults;
    for (const Entry& entry : state.entries) faults.push_back(entry.fault);
    return faults;
  });
}

std::size_t Faults::remove(std::int64_t id) {
  return state_.with([&](State& state) {
    return std::erase_if(state.entries, [&](const Entry& entry) { return entry.fault.id == id; });
  });
}

std::size_t Faults::remove(std::string_view target) {
  return state_.with([&](State& state) {
    return std::erase_if(state.entries, [&](const Entry& entry) { return entry.fault.spec.target == target; });
  });
}

std::size_t Faults::clear() {
  return state_.with([](State& state) {
    const std::size_t all = state.entries.size();
    state.entries.clear();
    return all;
  });
}

std::optional<Fault> Faults::take(const EndpointSpec& endpoint, bool may_wait) {
  return state_.with([&](State& state) -> std::optional<Fault> {
    for (auto at = state.entries.begin(); at != state.entries.end(); ++at) {
      FaultSpec& spec = at->fault.spec;
      if ((spec.latency > Millis{0} && !may_wait) || !matches(spec.target, endpoint)) continue;
      if (spec.rate < 1 && draw(*at->dice) >= spec.rate) continue;
      ++at->fault.touched;
      if (spec.count) --*spec.count;
      Fault taken = at->fault;
      if (spec.count && *spec.count <= 0) state.entries.erase(at);
      return taken;
    }
    return std::nullopt;
  });
}

bool Faults::may_slow(const EndpointSpec& endpoint) const {
  return state_.with([&](const State& state) {
    return std::any_of(state.entries.begin(), state.entries.end(), [&](const Entry& entry) {
      return entry.fault.spec.latency > Millis{0} && matches(entry.fault.spec.target, endpoint);
    });
  });
}

}  // namespace waybill::delivery
