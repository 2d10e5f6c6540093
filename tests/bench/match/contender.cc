#include "match/contender.h"

#include <algorithm>
#include <chrono>
#include <malloc.h>
#include <stdexcept>

#include <simdjson.h>

namespace waybill::bench {
namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count(); }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

pattern::Pattern parsed(const RuleGroup& group, const std::string& text) {
  auto pattern = pattern::Pattern::parse(text);
  if (!pattern) throw std::runtime_error(group.name + ": " + pattern.error().message);
  return std::move(*pattern);
}

double heap_bytes() {
  const auto heap = ::mallinfo2();
  return static_cast<double>(heap.uordblks + heap.hblkhd);
}

}  // namespace

double Timings::median() const {
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2];
}
double Timings::best() const { return *std::min_element(seconds.begin(), seconds.end()); }
double Timings::worst() const { return *std::max_element(seconds.begin(), seconds.end()); }

struct DomYardstick::Parser {
  simdjson::dom::parser parser;
};

DomYardstick::DomYardstick() : parser_(std::make_unique<Parser>()) {}
DomYardstick::~DomYardstick() = default;

double DomYardstick::pass(const EventLines& events) {
  const Stopwatch watch;
  for (const std::string_view line : events.lines()) {
    const auto document = parser_->parser.parse(line.data(), line.size(), false);
    if (document.error() != simdjson::SUCCESS) throw std::runtime_error("simdjson does not read an event");
  }
  return watch.seconds();
}

Contender::Contender(const RuleGroup& group) : group_(group) {
  const double before = heap_bytes();
  rules_ = std::make_unique<pattern::RuleSet>();
  for (std::size_t i = 0; i < group.patterns.size(); ++i) {
    const Stopwatch parsing;
    const pattern::Pattern pattern = parsed(group, group.patterns[i]);
    parse_seconds_ += parsing.seconds();
    const Stopwatch adding;
    rules_->add(static_cast<pattern::RuleId>(i), pattern);
    add_seconds_ += adding.seconds();
  }
  const Stopwatch sharing;
  matcher_ = rules_->snapshot();
  add_seconds_ += sharing.seconds();
  bytes_per_rule_ = (heap_bytes() - before) / static_cast<double>(group.patterns.size());
  // One change while the snapshot is in use.
  const pattern::Pattern one = parsed(group, group.patterns[0]);
  const Stopwatch changing;
  rules_->add(0, one);
  matcher_ = rules_->snapshot();
  one_more_seconds_ = changing.seconds();
}

void Contender::check(const EventLines& events) {
  std::vector<std::uint64_t> counts(group_.patterns.size());
  for (const std::string_view line : events.lines()) {
    if (!matcher_->match(line, scratch_, matching_)) throw std::runtime_error("the engine does not read an event");
    for (const pattern::RuleId id : matching_) ++counts[id];
    matches_ += matching_.size();
  }
  if (group_.wanted.empty()) return check_sample(events);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == group_.wanted[i]) continue;
    throw std::runtime_error(group_.name + ": " + std::to_string(counts[i]) + " matches, not " +
                             std::to_string(group_.wanted[i]) + ", of " + group_.patterns[i]);
  }
}

void Contender::check_sample(const EventLines& events) {
  std::vector<pattern::Pattern> patterns;
  for (const std::string& text : group_.patterns) patterns.push_back(parsed(group_, text));
  const std::size_t sample = std::clamp<std::size_t>(2'000'000 / patterns.size(), 20, 2'000);
  const std::size_t step = std::max<std::size_t>(events.lines().size() / sample, 1);
  for (std::size_t at = 0; at < events.lines().size(); at += step) {
    const std::string_view line = events.lines()[at];
    const auto flat = pattern::FlatEvent::parse(line);
    if (!flat) throw std::runtime_error("the plain matcher does not read an event");
    matcher_->match(line, scratch_, matching_);
    std::sort(matching_.begin(), matching_.end());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const bool found = std::binary_search(matching_.begin(), matching_.end(), static_cast<pattern::RuleId>(i));
      if (found != patterns[i].matches(*flat)) {
        throw std::runtime_error(group_.name + ": the engine and the plain matcher disagree on " + group_.patterns[i]);
      }
    }
  }
}

double Contender::pass(const EventLines& events) {
  std::uint64_t matches = 0;
  const Stopwatch watch;
  for (const std::string_view line : events.lines()) {
    matcher_->match(line, scratch_, matching_);
    matches += matching_.size();
  }
  const double seconds = watch.seconds();
  if (matches != matches_) throw std::runtime_error(group_.name + ": another pass, another number of matches");
  return seconds;
}

double plain_rate(const RuleGroup& group, const EventLines& events) {
  std::vector<pattern::Pattern> patterns;
  for (const std::string& text : group.patterns) patterns.push_back(parsed(group, text));
  const std::size_t count = std::clamp<std::size_t>(5'000'000 / patterns.size(), 20, 20'000);
  const std::size_t step = std::max<std::size_t>(events.lines().size() / count, 1);
  std::size_t matched = 0;
  std::size_t read = 0;
  const Stopwatch watch;
  for (std::size_t at = 0; at < events.lines().size(); at += step, ++read) {
    const auto flat = pattern::FlatEvent::parse(events.lines()[at]);
    if (!flat) throw std::runtime_error("the plain matcher does not read an event");
    for (const pattern::Pattern& pattern : patterns) matched += pattern.matches(*flat);
  }
  const double seconds = watch.seconds();
  return matched == SIZE_MAX ? 0 : static_cast<double>(read) / seconds;
}

}  // namespace waybill::bench
