#include "model/event_source_spec.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "model/arn.h"
#include "pattern/pattern.h"

namespace waybill {

namespace {

using SourceJson = nlohmann::json;

constexpr int kFifoBatch = 10;

std::string function_arn_of(const std::string& name_or_arn, const Place& place) {
  std::string name = name_or_arn;
  if (const auto at = name.rfind("function:"); at != std::string::npos) name.erase(0, at + 9);
  return place.function(name.substr(0, name.find(':')));
}

Result<int> number_in(const SourceJson& holder, const char* name, int least, int most, int otherwise) {
  const auto found = holder.find(name);
  if (found == holder.end() || found->is_null()) return otherwise;
  if (!found->is_number_integer() || *found < least || *found > most) {
    return invalid(std::string(name) + ": it must be a whole number of " + std::to_string(least) + " to " +
                   std::to_string(most));
  }
  return found->get<int>();
}

Status read_filters(const SourceJson& body, EventSourceSpec& spec) {
  const auto criteria = body.find("FilterCriteria");
  if (criteria == body.end() || !criteria->is_object() || !criteria->contains("Filters")) return {};
  for (const SourceJson& filter : criteria->at("Filters")) {
    const auto found = filter.find("Pattern");
    if (found == filter.end()) continue;
    const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    if (const Status checked = check_queue_filter(text); !checked) {
      return invalid("FilterCriteria: " + checked.error().message);
    }
    auto pattern = pattern::Pattern::parse(text);
    if (!pattern) return invalid("FilterCriteria: " + pattern.error().message);
    spec.filters.push_back(std::make_shared<const pattern::Pattern>(std::move(*pattern)));
  }
  return {};
}

Status check_filter_keys(const SourceJson& pattern) {
  if (!pattern.is_object()) return {};  // the pattern's own reader says what is wrong
  for (const auto& [key, value] : pattern.items()) {
    if (key == "body") continue;
    if (key != "$or" || !value.is_array()) {
      return invalid("\"" + key + "\": a filter of a queue looks at the message's \"body\" alone");
    }
    for (const SourceJson& branch : value) WAYBILL_CHECK(check_filter_keys(branch));
  }
  return {};
}

}  // namespace

Status check_queue_filter(std::string_view pattern) { return check_filter_keys(parse_json(pattern)); }

Result<EventSourceSpec> read_event_source(const std::string& name, const SourceJson& body, const Place& place) {
  EventSourceSpec spec;
  spec.name = name;
  spec.queue_arn = body.value("EventSourceArn", "");
  spec.function_arn = function_arn_of(body.value("FunctionName", ""), place);
  spec.enabled = body.value("Enabled", true);
  const bool fifo = spec.queue_arn.ends_with(".fifo");
  WAYBILL_TRY(spec.batch_size, number_in(body, "BatchSize", 1, fifo ? kFifoBatch : 10'000, 10));
  WAYBILL_TRY(const int window, number_in(body, "MaximumBatchingWindowInSeconds", 0, 300, 0));
  spec.window = std::chrono::seconds{window};
  if (spec.batch_size > 10 && window == 0) {
    return invalid("BatchSize: more than 10 needs a MaximumBatchingWindowInSeconds of at least 1");
  }
  if (const auto types = body.find("FunctionResponseTypes"); types != body.end() && types->is_array()) {
    spec.report_item_failures = std::find(types->begin(), types->end(), "ReportBatchItemFailures") != types->end();
  }
  if (const auto scaling = body.find("ScalingConfig"); scaling != body.end() && scaling->is_object()) {
    WAYBILL_TRY(const int most, number_in(*scaling, "MaximumConcurrency", 2, 1000, 0));
    if (most > 0) spec.max_concurrency = most;
  }
  WAYBILL_CHECK(read_filters(body, spec));
  return spec;
}

}  // namespace waybill
