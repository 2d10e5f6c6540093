// Objects, paths and $or of a pattern; the values of its fields are ValueParser's.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <unordered_map>

#include "pattern/compiled_pattern.h"
#include "pattern/unicode.h"
#include "pattern/value_parser.h"

namespace waybill::pattern {
namespace {

// AWS: $or is read as such only if no field below it has one of these names.
constexpr std::array<std::string_view, 24> kReservedInsideOr = {"exactly",
                                                                "equals-ignore-case",
                                                                "prefix",
                                                                "suffix",
                                                                "anything-but",
                                                                "exists",
                                                                "wildcard",
                                                                "numeric",
                                                                "cidr",
                                                                "=",
                                                                "<",
                                                                "<=",
                                                                ">",
                                                                ">=",
                                                                "regex",
                                                                "not-wildcard",
                                                                "not-equals-ignore-case",
                                                                "date-after",
                                                                "date-on-or-after",
                                                                "date-before",
                                                                "date-on-or-before",
                                                                "in-date-range",
                                                                "ip-address-in-range",
                                                                "ip-address-not-in-range"};

enum class OrMeans { alternatives, plain_field };

class PatternParser {
 public:
  PatternParser(std::string_view text, const PatternLimits& limits, OrMeans or_means)
      : limits_(limits), or_means_(or_means), reader_(text, limits.max_nesting), values_(reader_) {}

  Parsed<CompiledPattern> run() {
    WAYBILL_TRY(const JsonToken first, reader_.next());
    if (first != JsonToken::start_object) return reader_.refuse("Filter is not an object");
    Readings readings;
    WAYBILL_CHECK(parse_object(readings, false));
    return finish(readings);
  }

 private:
  // Path number -> test number. A later array for the same path takes the place of an earlier one.
  using Reading = std::map<std::uint32_t, std::uint32_t>;
  using Readings = std::vector<Reading>;

  // As deep as brackets are open, which the reader limits.
  Parsed<void> parse_object(Readings& readings, bool inside_or) {
    for (bool is_empty = true;; is_empty = false) {
      WAYBILL_TRY(const JsonToken token, reader_.next());
      if (token == JsonToken::end_object) {
        if (is_empty) return reader_.refuse("Empty objects are not allowed");
        return {};
      }
      WAYBILL_CHECK(parse_field(readings, reader_.name(), inside_or));
    }
  }

  Parsed<void> parse_field(Readings& readings, const std::string& name, bool inside_or) {
    if (name == "$or" && or_means_ == OrMeans::alternatives) return parse_or(readings);
    if (inside_or && std::find(kReservedInsideOr.begin(), kReservedInsideOr.end(), name) != kReservedInsideOr.end()) {
      return reader_.refuse(name + " is a reserved name which cannot be used inside $or.");
    }
    WAYBILL_TRY(const JsonToken token, reader_.next());
    const std::size_t outer_length = path_.size();
    if (depth_ > 0) path_ += '.';
    path_ += name;
    ++depth_;
    if (token == JsonToken::start_object) {
      WAYBILL_CHECK(parse_object(readings, inside_or));
    } else if (token == JsonToken::start_array) {
      WAYBILL_TRY(ValueList list, values_.parse_array());
      add_test(readings, std::move(list));
    } else {
      return reader_.refuse("\"" + name + "\" must be an object or an array");
    }
    --depth_;
    path_.resize(outer_length);
    return {};
  }

  // Each branch goes on from all readings so far.
  Parsed<void> parse_or(Readings& readings) {
    Readings before = std::move(readings);
    if (before.empty()) before.emplace_back();
    readings.clear();
    WAYBILL_TRY(const JsonToken first, reader_.next());
    if (first != JsonToken::start_array) return reader_.refuse("It must be an Array followed with $or.");
    std::size_t branches = 0;
    for (;;) {
      WAYBILL_TRY(const JsonToken token, reader_.next());
      if (token == JsonToken::end_array) break;
      if (token != JsonToken::start_object) {
        return reader_.refuse("Only JSON object is allowed in array of $or relationship.");
      }
      ++branches;
      Readings branch = before;
      WAYBILL_CHECK(parse_object(branch, true));
      if (readings.size() + branch.size() > limits_.max_or_combinations) {
        return Refusal{"Rule is too complex - more than " + std::to_string(limits_.max_or_combinations) +
                           " combinations of $or branches",
                       true};
      }
      std::move(branch.begin(), branch.end(), std::back_inserter(readings));
    }
    if (branches < 2) return reader_.refuse("There must have at least 2 Objects in $or relationship.");
    return {};
  }

  void add_test(Readings& readings, ValueList list) {
    const auto path = path_numbers_.try_emplace(path_, static_cast<std::uint32_t>(path_numbers_.size())).first->second;
    const auto test = static_cast<std::uint32_t>(compiled_.tests.size());
    compiled_.tests.push_back({FieldPath(path_), std::move(list)});
    if (readings.empty()) readings.emplace_back();
    for (Reading& reading : readings) reading[path] = test;
  }

  Parsed<CompiledPattern> finish(const Readings& readings) {
    std::vector<bool> is_checked(compiled_.tests.size());
    for (const Reading& reading : readings) {
      if (reading.size() > limits_.max_fields) {
        return Refusal{"Rule is too large - it has " + std::to_string(reading.size()) + " fields, more than " +
                           std::to_string(limits_.max_fields),
                       true};
      }
      std::vector<std::uint32_t> tests;
      for (const auto& [path, test] : reading) {
        tests.push_back(test);
        if (is_checked[test]) continue;
        is_checked[test] = true;
        if (is_too_complex(compiled_.tests[test].values)) {
          return Refusal{
              "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after "
              "a wildcard character",
              true};
        }
      }
      std::sort(tests.begin(), tests.end(), [this](std::uint32_t left, std::uint32_t right) {
        return utf16_less(compiled_.tests[left].path.text(), compiled_.tests[right].path.text());
      });
      compiled_.readings.push_back(std::move(tests));
    }
    return std::move(compiled_);
  }

  bool is_too_complex(const ValueList& list) const {
    std::vector<const Wildcard*> wildcards;
    for (const Matcher& matcher : list.matchers) {
      if (const auto* text = std::get_if<WildcardText>(&matcher)) wildcards.push_back(&text->wildcard);
    }
    return !wildcards.empty() &&
           wildcard_complexity(wildcards, limits_.max_wildcard_complexity) > limits_.max_wildcard_complexity;
  }

  const PatternLimits& limits_;
  OrMeans or_means_;
  PatternReader reader_;
  ValueParser values_;
  CompiledPattern compiled_;
  std::unordered_map<std::string, std::uint32_t> path_numbers_;
  std::string path_;
  std::size_t depth_ = 0;
};

}  // namespace

Parsed<CompiledPattern> compile_pattern(std::string_view text, const PatternLimits& limits) {
  auto with_or = PatternParser(text, limits, OrMeans::alternatives).run();
  if (with_or || with_or.error().is_final) return with_or;
  return PatternParser(text, limits, OrMeans::plain_field).run();
}

Error to_error(const Refusal& refusal) { return invalid("Event pattern is not valid. Reason: " + refusal.reason); }

}  // namespace waybill::pattern
