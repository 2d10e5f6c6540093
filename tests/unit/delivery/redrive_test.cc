#include "delivery/redrive.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::make_redrive;
using delivery::with_detail;

namespace {

// Puts one event, lets it fail for good, and answers the dead letter.
DeadLetter dead_letter(Pipeline& pipeline) {
  pipeline.invoker.act = [](const delivery::Attempt&) {
    return FakeInvoker::failed(delivery::FailureClass::permanent);
  };
  pipeline.put({entry(R"({"n":1})")});
  pipeline.settle();
  return pipeline.stored()->dead_letters.begin()->second;
}

}  // namespace

TEST_CASE("a redriven letter goes to its target again, and is gone") {
  Pipeline pipeline(one_rule());
  const DeadLetter letter = dead_letter(pipeline);
  pipeline.invoker.act = nullptr;
  auto redrive = make_redrive(letter, std::nullopt, *pipeline.topology.get(), pipeline.wall.now(), pipeline.journal);
  pipeline.journal.apply(store::Lane::internal, std::move(redrive->changes)).value();
  pipeline.committed({redrive->delivery});
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 2);
  CHECK(pipeline.invoker.calls[1].body == pipeline.invoker.calls[0].body);
  CHECK(pipeline.invoker.calls[1].attempts_before == 0);
  CHECK(pipeline.stored()->dead_letters.empty());
}

TEST_CASE("a new detail takes the place of the old one, all else stays") {
  Pipeline pipeline(one_rule());
  const DeadLetter letter = dead_letter(pipeline);
  const std::string changed = with_detail(letter.body, R"( {"n" : 2, "fixed":true} )").value();
  const std::string head = letter.body.substr(0, letter.body.find(R"({"n":1})"));
  CHECK(changed == head + R"({"n":2,"fixed":true}})");
}

TEST_CASE("a detail that is no object, or a letter that holds no event, is refused") {
  Pipeline pipeline(one_rule());
  const DeadLetter letter = dead_letter(pipeline);
  CHECK(with_detail(letter.body, "[1]").error().code == ErrorCode::invalid);
  CHECK(with_detail(R"({"Type":"Notification"})", "{}").error().code == ErrorCode::invalid);
}

TEST_CASE("a letter whose target is no longer configured cannot be redriven, and says so") {
  Pipeline pipeline(one_rule());
  const DeadLetter letter = dead_letter(pipeline);
  pipeline.configure({});
  const auto redrive =
      make_redrive(letter, std::nullopt, *pipeline.topology.get(), pipeline.wall.now(), pipeline.journal);
  CHECK(redrive.error().code == ErrorCode::not_found);
}

TEST_CASE("several letters are redriven together, each on its own, and the answer says which") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [](const delivery::Attempt&) {
    return FakeInvoker::failed(delivery::FailureClass::permanent);
  };
  pipeline.put({entry(R"({"n":1})"), entry(R"({"n":2})"), entry(R"({"n":3})")});
  pipeline.settle();
  std::vector<DeadLetter> letters;
  for (const auto& [id, letter] : pipeline.stored()->dead_letters) letters.push_back(letter);
  REQUIRE(letters.size() == 3);
  pipeline.invoker.act = nullptr;
  const auto redrive = [&](const delivery::RedriveOptions& order) {
    return delivery::redrive_many(letters, order, *pipeline.topology.get(), pipeline.wall.now(), pipeline.journal,
                                  [&](std::vector<NewDelivery> fresh) { pipeline.committed(std::move(fresh)); });
  };
  const std::vector<DeadLetterId> all{letters[0].id, letters[1].id, letters[2].id};
  CHECK(redrive({std::nullopt, true}).redriven == all);
  CHECK(pipeline.stored()->dead_letters.size() == 3);

  store::Changes drop;  // somebody else drops one of them meanwhile
  drop.add(store::RemoveDeadLetter{letters[1].id});
  pipeline.journal.apply(store::Lane::internal, std::move(drop)).value();
  const auto result = redrive({});
  CHECK(result.redriven == std::vector<DeadLetterId>{letters[0].id, letters[2].id});
  REQUIRE(result.failed.size() == 1);
  CHECK(result.failed[0].first == letters[1].id);
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 5);
  CHECK(pipeline.stored()->dead_letters.empty());
  CHECK(redrive({"no object", true}).failed.size() == 3);
}
