// Makes patterns and events that have something to do with each other: both are put together from the same few names,
// strings and numbers, chosen to be near misses of one another, and spelled in every way that JSON allows.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace waybill::fuzz {

class CaseMaker {
 public:
  explicit CaseMaker(std::uint64_t seed) : random_(seed) {}

  // Takes other names and values from now on.
  void change_vocabulary();

  std::string pattern();
  std::string event();
  // 0 to below `end`.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }

 private:
  std::string pattern_object(int depth, bool inside_or);
  std::string field(int depth, bool inside_or);
  std::string value_list();
  std::string matcher();
  std::string text_matcher();
  std::string numeric();
  std::string anything_but();
  std::string list_of(std::string (CaseMaker::*make)());

  std::string event_object(int depth);
  std::string event_value(int depth);
  std::string leaf();
  std::string space();

  std::string name();  // spelled as a JSON string
  std::string text();  // a string, spelled
  std::string part_of_text();
  std::string wildcard();
  std::string number();
  std::string raw_text();  // not spelled yet
  std::string spelled(const std::string& utf8);

  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  std::mt19937_64 random_;
  std::vector<std::string> names_;
  std::vector<std::string> texts_;
  std::vector<std::string> numbers_;
};

}  // namespace waybill::fuzz
