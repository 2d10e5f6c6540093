#include "model/catalog.h"

#include <doctest/doctest.h>

#include "base/json_tree.h"

using namespace waybill;

namespace {

Resource bus_with_body(const std::string& body) {
  return {{"000000000000", "us-east-1", kinds::kEventBus, "orders"}, "", body};
}

std::string nested_body(int levels) {
  std::string text = "{\"X\":";
  for (int i = 1; i < levels; ++i) text += "[";
  for (int i = 1; i < levels; ++i) text += "]";
  return text + "}";
}

}  // namespace

TEST_CASE("a row is read once, with its body and its state as JSON") {
  Resource resource = bus_with_body(R"({"Name":"orders"})");
  resource.state = R"({"Created":5})";
  const auto row = CatalogRow::read(resource).value();
  CHECK(row->body["Name"] == "orders");
  CHECK(row->state["Created"] == 5);
  CHECK(CatalogRow::read(bus_with_body("")).value()->body == nlohmann::json::object());
}

TEST_CASE("a row that cannot be read is named, also one that is nested too deep to be copied") {
  CHECK(CatalogRow::read(bus_with_body(nested_body(kMaxPayloadDepth))).has_value());
  for (const std::string& body :
       {std::string("[]"), std::string("{"), nested_body(kMaxPayloadDepth + 1), nested_body(100'000)}) {
    const auto row = CatalogRow::read(bus_with_body(body));
    REQUIRE(row.has_error());
    CHECK(row.error().code == ErrorCode::corrupt);
    CHECK(row.error().message.find("AWS::Events::EventBus orders") != std::string::npos);
  }
}
