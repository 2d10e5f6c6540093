// The control plane without a journal: a catalog in memory, changed by each call that succeeds as the book would.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "control/control_plane.h"
#include "control/operations.h"
#include "support/fake_clock.h"
#include "support/model_engine.h"

namespace waybill::testing {

using control::Fault;
using control::Json;

inline bool operator==(const Fault& a, const Fault& b) {
  return a.code == b.code && a.message == b.message && a.status == b.status;
}
inline doctest::String toString(const Fault& fault) { return (fault.code + ": " + fault.message).c_str(); }

// Starts with the default bus. Time stands still unless a test moves it.
class ControlFixture {
 public:
  static constexpr double kStart = 1'700'000'000.0;  // seconds, as answers tell it

  FakeWallClock clock;
  SeededRandom random{1};
  control::Limits limits;
  Place place{"123456789012", "eu-central-1"};
  Catalog catalog;
  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();  // what the store holds: an archive's events

  ControlFixture() { open_place(); }

  // Makes the row of the current place's default bus, as the first change there does.
  void open_place() { put_row(kinds::kEventBus, "default", {{"Name", "default"}}); }

  control::Answer<Json> call(control::Operation operation, const Json& request) {
    control::Session session(catalog, context());
    auto answer = operation(session, request);
    if (answer) apply(session.take_edit());
    return answer;
  }
  // The answer of a call that must succeed.
  Json ok(control::Operation operation, const Json& request) {
    auto answer = call(operation, request);
    if (!answer) FAIL(toString(answer.error()));
    return std::move(*answer);
  }
  // The fault of a call that must be refused, having changed nothing.
  Fault fault(control::Operation operation, const Json& request) {
    const Catalog before = catalog;
    const auto answer = call(operation, request);
    if (answer) FAIL("was not refused: " << answer->dump());
    CHECK(catalog == before);
    return answer.error();
  }

  // A row as a template (the owner) or an operation that is not under test would have left it.
  void put_row(const char* kind, const std::string& name, const Json& body, const std::string& owner = "") {
    control::Edit edit;
    edit.puts.push_back({{place.account, place.region, kind, name}, owner, body.dump()});
    apply(std::move(edit));
  }
  // Null when there is none.
  const CatalogRow* row(const char* kind, const std::string& name) {
    const auto found = catalog.find({place.account, place.region, kind, name});
    return found == catalog.end() ? nullptr : found->second.get();
  }

 private:
  control::Session::Context context() { return {place, clock.now(), limits, random, readers_}; }
  void apply(control::Edit edit) {
    catalog = control::apply_edit(catalog, edit, clock.now(), [this] { return ++last_id_; }).value();
  }

  store::ReaderPool readers_{
      [this] { return Result<std::unique_ptr<store::Reader>>(std::make_unique<ModelReader>(disk)); }};
  std::int64_t last_id_ = 0;
};

}  // namespace waybill::testing
