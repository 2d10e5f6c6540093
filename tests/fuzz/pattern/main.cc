// fuzz_pattern [--replay FILE]… [--pairs N] [--seed N]: compares the engine with the plain matcher over made-up
// patterns and events, until so many pairs of a pattern set and an event agreed, or one did not: that is printed as a
// line for found.jsonl. --replay: the lines of such a file before that.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "fuzz/pattern/differ.h"

namespace {

using namespace waybill::fuzz;

int replay(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  int bad = 0;
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const auto json = nlohmann::json::parse(line);
    const std::string wrong = disagreement(json.at("pattern"), json.at("event"));
    ++count;
    if (wrong.empty()) continue;
    ++bad;
    std::printf("%s: %s\n", wrong.c_str(), line.c_str());
  }
  std::printf("%d of %d cases differ\n", bad, count);
  return bad == 0 && count > 0 ? 0 : 1;
}

int fuzz(std::uint64_t seed, std::uint64_t pairs) {
  Differ differ(seed);
  if (pairs == 0) return 0;
  while (differ.pairs() < pairs) {
    const auto difference = differ.round();
    if (!difference) continue;
    const nlohmann::json line = {{"pattern", difference->pattern}, {"event", difference->event}};
    std::printf("seed %llu: %s\n%s\n", static_cast<unsigned long long>(seed), difference->what.c_str(),
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return 1;
  }
  std::printf("%llu pairs, %llu patterns judged, %llu matches, no difference\n",
              static_cast<unsigned long long>(differ.pairs()), static_cast<unsigned long long>(differ.judged()),
              static_cast<unsigned long long>(differ.matches()));
  // Were nothing or everything to match, agreeing would mean nothing.
  return differ.matches() * 200 > differ.judged() && differ.matches() * 2 < differ.judged() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    std::uint64_t seed = 1;
    std::uint64_t pairs = 100'000;
    for (int i = 1; i < count; ++i) {
      const std::string argument = arguments[i];
      if (i + 1 == count) throw std::runtime_error("usage: fuzz_pattern [--pairs N] [--seed N] [--replay FILE]");
      const std::string value = arguments[++i];
      if (argument == "--replay") {
        if (replay(value) != 0) return 1;
      } else if (argument == "--pairs") {
        pairs = std::strtoull(value.c_str(), nullptr, 10);
      } else if (argument == "--seed") {
        seed = std::strtoull(value.c_str(), nullptr, 10);
      } else {
        throw std::runtime_error("unknown argument " + argument);
      }
    }
    return fuzz(seed, pairs);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fuzz_pattern: %s\n", error.what());
    return 2;
  }
}
