#include "pattern/element_choice.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/flat_event.h"

namespace waybill::pattern {
namespace {

// Two arrays of two elements each; the places of their four elements.
struct TwoArrays {
  FlatEvent event = *FlatEvent::parse(R"({"a":[{"x":0},{"x":1}],"b":[{"y":0},{"y":1}]})");
  FlatEvent::Place a0 = place("a.x", "0");
  FlatEvent::Place a1 = place("a.x", "1");
  FlatEvent::Place b0 = place("b.y", "0");
  FlatEvent::Place b1 = place("b.y", "1");

  FlatEvent::Place place(const char* path, std::string_view text) const {
    FlatEvent::Place found = FlatEvent::kOutsideArrays;
    event.for_each_leaf(FieldPath(path), [&](const Leaf& leaf, FlatEvent::Place at) {
      if (leaf.text == text) found = at;
    });
    return found;
  }

  bool exists(const std::vector<FieldOffer>& offers) const {
    std::vector<const FieldOffer*> pointers;
    for (const FieldOffer& offer : offers) pointers.push_back(&offer);
    return ElementChoice().exists(event.places(), pointers);
  }
};

FieldOffer accepts(std::vector<FlatEvent::Place> places) { return {std::move(places), {}, false}; }
FieldOffer absent_unless(std::vector<FlatEvent::Place> present) { return {{}, std::move(present), true}; }

}  // namespace

TEST_CASE("fields may not take two elements of one array") {
  const TwoArrays t;
  CHECK(t.exists({accepts({t.a0}), accepts({t.a0})}));
  CHECK_FALSE(t.exists({accepts({t.a0}), accepts({t.a1})}));
  CHECK(t.exists({accepts({t.a0}), accepts({t.b1})}));
  CHECK(t.exists({accepts({FlatEvent::kOutsideArrays}), accepts({t.a1})}));
  CHECK(t.exists({}));
}

TEST_CASE("a first choice that leads nowhere is taken back") {
  const TwoArrays t;
  CHECK(t.exists({accepts({t.a0, t.a1}), accepts({t.b0, t.b1}), accepts({t.a1}), accepts({t.b1})}));
  CHECK_FALSE(t.exists({accepts({t.a0, t.a1}), accepts({t.a1}), accepts({t.a0})}));
}

TEST_CASE("absence is judged against the elements chosen before it") {
  const TwoArrays t;
  CHECK(t.exists({accepts({t.a0}), absent_unless({t.a1})}));
  CHECK_FALSE(t.exists({absent_unless({t.a1}), accepts({t.a0})}));
  CHECK_FALSE(t.exists({accepts({t.a0}), absent_unless({t.a1, t.b0})}));
  CHECK(t.exists({absent_unless({})}));
}

TEST_CASE("a field that accepts absence may still be met by a value") {
  const TwoArrays t;
  const FieldOffer either{{t.a0}, {t.a0, t.a1}, true};
  CHECK(t.exists({either}));
  CHECK(t.exists({accepts({t.a0}), either}));
  CHECK_FALSE(t.exists({accepts({t.a1}), either}));
}

}  // namespace waybill::pattern
