#include "store/lanes.h"

#include <doctest/doctest.h>

#include "unit/store/journal_fixture.h"

namespace waybill::testing {

namespace {

Journal::Unit unit(const std::string& name, std::size_t weight) {
  return {changes_of(put_setting(name)), nullptr, 0, false, weight};
}

using Names = std::vector<std::string>;

Names names(const std::vector<Journal::Unit>& units) {
  Names all;
  for (const auto& one : units) all.push_back(std::get<PutSetting>(one.changes.list.at(0)).name);
  return all;
}

JournalOptions limits(std::size_t group, std::size_t ingress, std::size_t maintenance) {
  JournalOptions options;
  options.group_limit_bytes = group;
  options.ingress_limit_bytes = ingress;
  options.maintenance_per_group = maintenance;
  return options;
}

}  // namespace

TEST_CASE("a group takes internal work first, then ingress, then maintenance, oldest first") {
  Lanes lanes(limits(1'000, 1'000, 2));
  lanes.push(Lane::maintenance, unit("m1", 1));
  lanes.push(Lane::ingress, unit("c1", 1));
  lanes.push(Lane::internal, unit("i1", 1));
  lanes.push(Lane::ingress, unit("c2", 1));
  lanes.push(Lane::internal, unit("i2", 1));
  CHECK(names(lanes.take_group()) == Names{"i1", "i2", "c1", "c2", "m1"});
  CHECK(lanes.empty());
  CHECK(lanes.take_group().empty());
}

TEST_CASE("a group closes with the unit that reaches its limit") {
  Lanes lanes(limits(100, 1'000, 1));
  for (const char* name : {"c1", "c2", "c3"}) lanes.push(Lane::ingress, unit(name, 60));
  lanes.push(Lane::internal, unit("i1", 10));
  CHECK(names(lanes.take_group()) == Names{"i1", "c1", "c2"});
  CHECK(names(lanes.take_group()) == Names{"c3"});
}

TEST_CASE("a unit larger than a group goes alone") {
  Lanes lanes(limits(100, 1'000, 1));
  lanes.push(Lane::ingress, unit("large", 5'000));
  lanes.push(Lane::ingress, unit("next", 1));
  CHECK(names(lanes.take_group()) == Names{"large"});
  CHECK(names(lanes.take_group()) == Names{"next"});
}

TEST_CASE("maintenance runs a few units a group, however full the group is") {
  Lanes lanes(limits(100, 1'000, 2));
  for (const char* name : {"i1", "i2"}) lanes.push(Lane::internal, unit(name, 100));
  for (const char* name : {"m1", "m2", "m3"}) lanes.push(Lane::maintenance, unit(name, 100));
  CHECK(names(lanes.take_group()) == Names{"i1", "m1", "m2"});
  CHECK(names(lanes.take_group()) == Names{"i2", "m3"});
}

TEST_CASE("limits of nothing still let the writer go on") {
  Lanes lanes(limits(0, 0, 0));
  lanes.push(Lane::internal, unit("i1", 1));
  lanes.push(Lane::internal, unit("i2", 1));
  lanes.push(Lane::maintenance, unit("m1", 1));
  CHECK(names(lanes.take_group()) == Names{"i1", "m1"});
  CHECK(names(lanes.take_group()) == Names{"i2"});
}

TEST_CASE("ingress is full from its limit on, whatever the other lanes hold") {
  Lanes lanes(limits(100, 100, 1));
  lanes.push(Lane::internal, unit("i1", 1'000));
  lanes.push(Lane::maintenance, unit("m1", 1'000));
  CHECK_FALSE(lanes.ingress_full());
  lanes.push(Lane::ingress, unit("c1", 99));
  CHECK_FALSE(lanes.ingress_full());
  lanes.push(Lane::ingress, unit("c2", 50));
  CHECK(lanes.ingress_full());
  CHECK(lanes.bytes(Lane::ingress) == 149);
  CHECK(names(lanes.take_group()) == Names{"i1", "m1"});
  CHECK(lanes.ingress_full());
  CHECK(names(lanes.take_group()) == Names{"c1", "c2"});
  CHECK_FALSE(lanes.ingress_full());
  CHECK(lanes.bytes(Lane::ingress) == 0);
}

TEST_CASE("taking all empties every lane in the order of groups") {
  Lanes lanes(limits(1, 1'000, 1));
  lanes.push(Lane::maintenance, unit("m1", 5));
  lanes.push(Lane::maintenance, unit("m2", 5));
  lanes.push(Lane::ingress, unit("c1", 5));
  lanes.push(Lane::internal, unit("i1", 5));
  CHECK(names(lanes.take_all()) == Names{"i1", "c1", "m1", "m2"});
  CHECK(lanes.empty());
  CHECK(lanes.bytes(Lane::maintenance) == 0);
}

}  // namespace waybill::testing
