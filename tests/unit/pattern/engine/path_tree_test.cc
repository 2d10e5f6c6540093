#include "pattern/engine/path_tree.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

FieldId field_of(const PathTree& paths, std::string_view path) {
  const PathTree::Node node = paths.descendant(PathTree::kRoot, path);
  return node == PathTree::kNowhere ? PathTree::kNoField : paths.field(node);
}

}  // namespace

TEST_CASE("a path has one number, and its beginnings have none") {
  PathTree paths;
  const FieldId field = paths.field_at("detail.state");
  CHECK(paths.field_at("detail.state") == field);
  CHECK(paths.field_at("detail.stat") != field);
  CHECK(field_of(paths, "detail.state") == field);
  CHECK(field_of(paths, "detail") == PathTree::kNoField);
  CHECK(field_of(paths, "other") == PathTree::kNoField);
  CHECK(paths.field_count() == 2);
}

TEST_CASE("paths with empty and long parts are told apart") {
  PathTree paths;
  const std::string long_name(300, 'n');
  for (const std::string& path : {std::string(), std::string("."), std::string("a."), std::string(".a"), long_name,
                                  long_name + "x." + long_name}) {
    const FieldId field = paths.field_at(path);
    CHECK(field_of(paths, path) == field);
  }
  CHECK(paths.field_count() == 6);
}

TEST_CASE("many children are found, and those that are not there are not") {
  PathTree paths;
  for (int i = 0; i < 2'000; ++i) paths.field_at("a.name" + std::to_string(i));
  for (int i = 0; i < 2'000; ++i) CHECK(field_of(paths, "a.name" + std::to_string(i)) == static_cast<FieldId>(i));
  CHECK(field_of(paths, "a.name2000") == PathTree::kNoField);
}

TEST_CASE("a name that leads on has its bit") {
  PathTree paths;
  paths.field_at("a.state");
  const auto a = paths.child(PathTree::kRoot, "a", 1);
  CHECK((paths.names(a) >> PathTree::name_bit("state", 5) & 1) == 1);
  CHECK(paths.has_children(a));
  CHECK_FALSE(paths.has_children(paths.child(a, "state", 5)));
}

TEST_CASE("a copy does not learn what the original learns") {
  PathTree paths;
  paths.field_at("a");
  const PathTree copy = paths;
  paths.share();
  for (int i = 0; i < 400; ++i) paths.field_at("b" + std::to_string(i));
  CHECK(field_of(copy, "b7") == PathTree::kNoField);
  CHECK(field_of(copy, "a") == 0);
  CHECK(field_of(paths, "b7") != PathTree::kNoField);
}

TEST_CASE("fields that are kept keep their numbers, the others' are used again") {
  PathTree paths;
  for (int i = 0; i < 200; ++i) paths.field_at("a.name" + std::to_string(i));
  const std::size_t full = paths.memory_bytes();
  std::vector<bool> used(200);
  used[3] = used[5] = true;
  paths.keep_only(used);
  CHECK(field_of(paths, "a.name3") == 3);
  CHECK(field_of(paths, "a.name5") == 5);
  CHECK(field_of(paths, "a.name4") == PathTree::kNoField);
  CHECK(paths.memory_bytes() < full / 2);
  std::vector<FieldId> given;
  for (const char* path : {"b", "c.d", "e", "f", "g"}) given.push_back(paths.field_at(path));
  std::sort(given.begin(), given.end());
  CHECK(given == std::vector<FieldId>{0, 1, 2, 4, 6});
  CHECK(paths.field_count() == 7);
}

}  // namespace waybill::pattern
