// Whatever JSON is sent, the check answers with an error of its own or takes it.
#include <random>

#include <doctest/doctest.h>

#include "api/request/check_request.h"

using namespace waybill::api;

namespace {

using Json = nlohmann::json;

class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}

  // A request that has most members, mostly of the right type, so that the check gets deep.
  Json request(std::span<const Member> members) {
    Json object = Json::object();
    for (const Member& member : members) {
      if (below(4) > 0) object[std::string(member.name)] = value(member.shape);
    }
    return object;
  }

  Json anything(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0: return nullptr;
      case 1: return below(2) == 0;
      case 2: return static_cast<std::int64_t>(random_());
      case 3: return std::numeric_limits<std::uint64_t>::max() - random_();
      case 4: return static_cast<double>(random_()) * 1e290;
      case 5: return std::numeric_limits<double>::quiet_NaN();
      case 6: return text();
      case 7: {
        Json list = Json::array();
        for (std::size_t i = below(4); i > 0; --i) list.push_back(anything(depth - 1));
        return list;
      }
      default: {
        Json object = Json::object();
        for (std::size_t i = below(4); i > 0; --i) object[text()] = anything(depth - 1);
        return object;
      }
    }
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }

  Json value(const Shape& shape) {
    if (below(150) == 0) return anything(3);
    Json list = Json::array(), map = Json::object();
    switch (shape.kind) {
      case Kind::string: return !shape.values.empty() && below(2) == 0 ? Json(shape.values[0]) : Json(text());
      case Kind::integer: return static_cast<std::int64_t>(below(300)) - 100;
      case Kind::boolean: return below(2) == 0;
      case Kind::timestamp: return static_cast<double>(random_()) / 7;
      case Kind::structure: return request(shape.members);
      case Kind::list:
        for (std::size_t i = below(8); i > 0; --i) list.push_back(below(20) ? value(*shape.element) : Json());
        return list;
      case Kind::map:
        for (std::size_t i = below(5); i > 0; --i) map[text()] = value(*shape.element);
        return map;
    }
    return nullptr;
  }

  std::string text() {
    static constexpr const char* kPieces[] = {
        "a", "Name", ":", "/", " ", "\t", "\n", "é", "%41", "$.", "arn:aws:events:", "\x01", "'", "-"};
    std::string text;
    for (std::size_t i = below(5) * below(60); i > 0; --i) text += kPieces[below(std::size(kPieces))];
    return text;
  }

  std::mt19937 random_;
};

struct Outcomes {
  int taken = 0, unreadable = 0, invalid = 0;

  void add(const std::optional<AwsError>& error) {
    if (!error) {
      ++taken;
      return;
    }
    CHECK(error->status == 400);
    CHECK_FALSE(error->message.empty());
    const bool serialization = error->code == "SerializationException";
    const bool validation = error->code == "ValidationException";
    CHECK((serialization || validation));
    ++(serialization ? unreadable : invalid);
  }
};

}  // namespace

TEST_CASE("random requests that resemble real ones are answered, each in some way") {
  Outcomes outcomes;
  RandomJson random(20261007);
  for (int round = 0; round < 40; ++round) {
    for (const OperationModel* each : operations()) {
      Json request = random.request(each->members);
      std::optional<AwsError> error;
      REQUIRE_NOTHROW(error = check_request(*each, request));
      outcomes.add(error);
      if (error) continue;
      // What was taken is taken again, as it now is.
      CHECK_FALSE(check_request(*each, request));
    }
  }
  CHECK(outcomes.taken > 100);
  CHECK(outcomes.unreadable > 50);
  CHECK(outcomes.invalid > 100);
}

TEST_CASE("random JSON of any kind, as the body and as each member") {
  Outcomes outcomes;
  RandomJson random(7);
  for (const OperationModel* each : operations()) {
    for (int round = 0; round < 5; ++round) {
      Json body = random.anything(4);
      REQUIRE_NOTHROW(outcomes.add(check_request(*each, body)));
      for (const Member& member : each->members) {
        Json request{{std::string(member.name), random.anything(4)}};
        REQUIRE_NOTHROW(outcomes.add(check_request(*each, request)));
      }
    }
  }
  CHECK(outcomes.unreadable > 100);
}

TEST_CASE("depth does not matter") {
  const std::string deep = std::string(50'000, '[') + std::string(50'000, ']');
  for (const char* member : {"Targets", "Rule", "Unknown"}) {
    Json request = Json::parse("{\"" + std::string(member) + "\":" + deep + "}");
    CHECK(check_request(*operation("PutTargets"), request));
  }
}

TEST_CASE("nor does the length of a string") {
  const std::string huge(3'000'000, 'a');
  Json request{{"Name", huge}, {"EventBusName", "arn:aws:events:" + huge}, {"RoleArn", huge}};
  const auto error = check_request(*operation("PutRule"), request);
  REQUIRE(error);
  CHECK(error->message.starts_with("4 validation errors detected: "));
}
