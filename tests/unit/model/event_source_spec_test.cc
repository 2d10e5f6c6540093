#include "model/event_source_spec.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "model/arn.h"

using namespace waybill;
using nlohmann::json;

namespace {

json mapping(json more = json::object()) {
  json body = {{"EventSourceArn", "arn:aws:sqs:us-east-1:000000000000:q"}, {"FunctionName", "work"}};
  body.update(more);
  return body;
}

std::string fault(json more) {
  const auto spec = read_event_source("m", mapping(std::move(more)), Place{});
  REQUIRE(spec.has_error());
  return spec.error().message;
}

}  // namespace

TEST_CASE("a mapping has AWS's defaults") {
  const auto spec = read_event_source("m", mapping(), Place{});
  REQUIRE(spec.has_value());
  CHECK(spec->function_arn == "arn:aws:lambda:us-east-1:000000000000:function:work");
  CHECK(spec->enabled);
  CHECK(spec->batch_size == 10);
  CHECK(spec->window == std::chrono::seconds{0});
  CHECK_FALSE(spec->report_item_failures);
  CHECK_FALSE(spec->max_concurrency.has_value());
}

TEST_CASE("a function is named by its name or ARN, with or without a qualifier") {
  for (const char* name : {"work", "work:live", "arn:aws:lambda:us-east-1:000000000000:function:work",
                           "arn:aws:lambda:us-east-1:000000000000:function:work:3"}) {
    const auto spec = read_event_source("m", mapping({{"FunctionName", name}}), Place{});
    REQUIRE(spec.has_value());
    CHECK(spec->function_arn == "arn:aws:lambda:us-east-1:000000000000:function:work");
  }
}

TEST_CASE("what is set is read, and checked") {
  const auto spec =
      read_event_source("m",
                        mapping({{"BatchSize", 100},
                                 {"MaximumBatchingWindowInSeconds", 5},
                                 {"FunctionResponseTypes", {"ReportBatchItemFailures"}},
                                 {"ScalingConfig", {{"MaximumConcurrency", 2}}},
                                 {"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":["x"]})"}}}}}}}),
                        Place{});
  REQUIRE(spec.has_value());
  CHECK(spec->report_item_failures);
  CHECK(spec->max_concurrency == 2);
  CHECK(spec->filters.size() == 1);
  CHECK(fault({{"BatchSize", 0}}).starts_with("BatchSize"));
  CHECK(fault({{"BatchSize", 11}}).find("MaximumBatchingWindowInSeconds") != std::string::npos);
  CHECK(fault({{"MaximumBatchingWindowInSeconds", 301}}).starts_with("MaximumBatchingWindowInSeconds"));
  CHECK(fault({{"ScalingConfig", {{"MaximumConcurrency", 1}}}}).starts_with("MaximumConcurrency"));
  CHECK(fault({{"EventSourceArn", "arn:aws:sqs:us-east-1:000000000000:q.fifo"}, {"BatchSize", 11}})
            .starts_with("BatchSize"));
  CHECK(fault({{"FilterCriteria", {{"Filters", {{{"Pattern", "{"}}}}}}}).starts_with("FilterCriteria"));
}
