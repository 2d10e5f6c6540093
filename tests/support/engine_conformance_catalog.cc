#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

Resource resource_row(std::string name, std::string owner, std::string body = "{}") {
  return {{"000000000000", "us-east-1", "AWS::Events::Rule", std::move(name)}, std::move(owner), std::move(body)};
}

void resources_are_kept_by_their_whole_key(EngineHarness& store) {
  const Resource first = resource_row("orders/rule", "s1", "{\"a\":1}");
  Resource other_region = first;
  other_region.key.region = "eu-central-1";
  Resource other_account = first;
  other_account.key.account = "111111111111";
  Resource other_kind = first;
  other_kind.key.kind = "AWS::Events::Archive";
  auto& catalog = store.engine().catalog();
  in_transaction(store.engine(), [&] {
    for (const auto& resource : {first, other_region, other_account, other_kind}) {
      WAYBILL_REQUIRE_OK(catalog.put(resource));
    }
  });
  CHECK(value_of(store.reader()->resources()) == std::vector<Resource>{other_region, other_kind, first, other_account});
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(catalog.put(resource_row("orders/rule", "", "{\"a\":2}")));  // replaced, owner and all
    WAYBILL_REQUIRE_OK(catalog.remove(other_region.key));
    WAYBILL_REQUIRE_OK(catalog.remove(other_region.key));  // no effect
  });
  store.reopen();
  CHECK(value_of(store.reader()->resources()) ==
        std::vector<Resource>{other_kind, resource_row("orders/rule", "", "{\"a\":2}"), other_account});
}

void a_resource_has_its_state_beside_its_body(EngineHarness& store) {
  auto& catalog = store.engine().catalog();
  Resource resource = resource_row("replay", "s1", "{\"a\":1}");
  resource.state = "{\"at\":1}";
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(catalog.put(resource)); });
  store.reopen();
  CHECK(value_of(store.reader()->resources()) == std::vector<Resource>{resource});
  resource.state = "";
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().catalog().put(resource)); });
  CHECK(value_of(store.reader()->resources()) == std::vector<Resource>{resource});
}

void unowned_resources_go_together(EngineHarness& store) {
  auto& catalog = store.engine().catalog();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(catalog.put(resource_row("a", "")));
    WAYBILL_REQUIRE_OK(catalog.put(resource_row("b", "s1")));
    WAYBILL_REQUIRE_OK(catalog.put(resource_row("c", "")));
    WAYBILL_REQUIRE_OK(catalog.remove_unowned());
  });
  CHECK(value_of(store.reader()->resources()) == std::vector<Resource>{resource_row("b", "s1")});
}

void an_endpoint_keeps_its_first_number(EngineHarness& store) {
  auto& catalog = store.engine().catalog();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(catalog.put_endpoint(EndpointId{1}, "rule/target"));
    WAYBILL_REQUIRE_OK(catalog.put_endpoint(EndpointId{2}, "rule/target"));
    WAYBILL_REQUIRE_OK(catalog.put_endpoint(EndpointId{1}, "rule/target"));
  });
  store.reopen();
  const auto rows = value_of(store.reader()->endpoints());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == EndpointId{1});
  CHECK(rows[0].key == "rule/target");
}

void settings_are_replaced(EngineHarness& store) {
  auto& catalog = store.engine().catalog();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(catalog.put_setting("template.s1", "one"));
    WAYBILL_REQUIRE_OK(catalog.put_setting("template.s1", "two"));
    WAYBILL_REQUIRE_OK(catalog.put_setting("empty", ""));
  });
  store.reopen();
  CHECK(value_of(store.reader()->setting("template.s1")) == "two");
  CHECK(value_of(store.reader()->setting("empty")) == "");
  CHECK_FALSE(value_of(store.reader()->setting("TEMPLATE.S1")).has_value());
}

void insert_letters(EngineHarness& store, const std::vector<DeadLetter>& letters) {
  in_transaction(store.engine(), [&] {
    for (const auto& letter : letters) WAYBILL_REQUIRE_OK(store.engine().dead_letters().insert(letter));
  });
}

std::vector<std::int64_t> found_ids(EngineHarness& store, const store::DeadLetterFilter& filter) {
  std::vector<std::int64_t> ids;
  for (const auto& letter : value_of(store.reader()->dead_letters(filter))) ids.push_back(letter.id.value);
  return ids;
}

using Numbers = std::vector<std::int64_t>;

void a_dead_letter_comes_back_as_it_went_in(EngineHarness& store) {
  const DeadLetter in = letter_row(3);
  insert_letters(store, {in});
  store.reopen();
  const auto out = value_of(store.reader()->dead_letter(DeadLetterId{3}));
  REQUIRE(out.has_value());
  CHECK(out->id == in.id);
  CHECK(out->endpoint == in.endpoint);
  CHECK(out->kind == in.kind);
  CHECK(out->origin == in.origin);
  CHECK(out->body == in.body);
  CHECK(out->event_id == in.event_id);
  CHECK(out->rule_arn == in.rule_arn);
  CHECK(out->target_arn == in.target_arn);
  CHECK(out->error_code == in.error_code);
  CHECK(out->error_message == in.error_message);
  CHECK(out->exhausted_condition == in.exhausted_condition);
  CHECK(out->attempts == in.attempts);
  CHECK(out->depth == in.depth);
  CHECK(out->ingested_at == in.ingested_at);
  CHECK(out->dead_at == in.dead_at);
  CHECK_FALSE(value_of(store.reader()->dead_letter(DeadLetterId{4})).has_value());
}

void a_dead_letter_id_is_taken_once(EngineHarness& store) {
  insert_letters(store, {letter_row(3)});
  in_transaction(store.engine(), [&] { CHECK(store.engine().dead_letters().insert(letter_row(3)).has_error()); });
  CHECK(value_of(store.reader()->count_dead_letters()) == 1);
}

void filters_of_dead_letters_all_have_to_hold(EngineHarness& store) {
  std::vector<DeadLetter> letters = {letter_row(4), letter_row(1), letter_row(3), letter_row(2)};
  letters[0].error_code = "NO_RESOURCE";
  letters[1].target_arn = "arn:other";
  letters[2].event_id = "event-2";
  letters[3].rule_arn = "";
  insert_letters(store, letters);
  CHECK(value_of(store.reader()->count_dead_letters()) == 4);
  store::DeadLetterFilter filter;
  CHECK(found_ids(store, filter) == Numbers{1, 2, 3, 4});
  filter.limit = 2;
  CHECK(found_ids(store, filter) == Numbers{1, 2});
  filter.after = DeadLetterId{2};
  CHECK(found_ids(store, filter) == Numbers{3, 4});
  filter = {};
  filter.error_code = "TIMEOUT";
  CHECK(found_ids(store, filter) == Numbers{1, 2, 3});
  filter.target_arn = "arn:target";
  CHECK(found_ids(store, filter) == Numbers{2, 3});
  filter.event_id = "event-2";
  CHECK(found_ids(store, filter) == Numbers{3});
  filter.rule_arn = "arn:other rule";
  CHECK(found_ids(store, filter).empty());
}

void dead_letters_are_removed_and_swept(EngineHarness& store) {
  insert_letters(store, {letter_row(1), letter_row(2), letter_row(3), letter_row(4)});  // dead at 1000, 2000, …
  auto& letters = store.engine().dead_letters();
  in_transaction(store.engine(), [&] {
    CHECK(value_of(letters.remove(DeadLetterId{4})));
    CHECK_FALSE(value_of(letters.remove(DeadLetterId{4})));
    CHECK(value_of(letters.sweep(from_millis(3'000), 1)) == 1);
  });
  CHECK(found_ids(store, {}) == Numbers{2, 3});
  in_transaction(store.engine(), [&] {
    CHECK(value_of(letters.sweep(from_millis(3'000), 10)) == 1);
    CHECK(value_of(letters.sweep(from_millis(3'000), 10)) == 0);
  });
  CHECK(found_ids(store, {}) == Numbers{3});
}

std::vector<std::int64_t> history_times(EngineHarness& store, int limit) {
  std::vector<std::int64_t> times;
  for (const auto& line : value_of(store.reader()->history(limit))) times.push_back(to_millis(line.at));
  return times;
}

void history_reads_newest_first(EngineHarness& store) {
  in_transaction(store.engine(), [&] {
    for (const int at : {1, 2, 3}) WAYBILL_REQUIRE_OK(store.engine().history().append(history_line(at)));
  });
  CHECK(history_times(store, 10) == Numbers{3, 2, 1});
  CHECK(history_times(store, 2) == Numbers{3, 2});
  const auto line = value_of(store.reader()->history(1)).at(0);
  CHECK(line.event_id == "event-3");
  CHECK(line.endpoint == EndpointId{4});
  CHECK(line.outcome == "delivered");
  CHECK(line.attempts == 2);
  CHECK(line.detail == "all is well");
}

void history_is_swept_by_age_and_by_number(EngineHarness& store) {
  auto& history = store.engine().history();
  in_transaction(store.engine(), [&] {
    for (const int at : {1, 2, 3, 4, 5, 6}) WAYBILL_REQUIRE_OK(history.append(history_line(at)));
    CHECK(value_of(history.sweep(from_millis(4), 100, 2)) == 2);
  });
  CHECK(history_times(store, 10) == Numbers{6, 5, 4, 3});
  in_transaction(store.engine(), [&] {
    CHECK(value_of(history.sweep(from_millis(4), 100, 10)) == 1);
    CHECK(value_of(history.sweep(from_millis(4), 100, 10)) == 0);
  });
  CHECK(history_times(store, 10) == Numbers{6, 5, 4});
  in_transaction(store.engine(), [&] { CHECK(value_of(history.sweep(from_millis(0), 1, 1)) == 1); });
  CHECK(history_times(store, 10) == Numbers{6, 5});
  in_transaction(store.engine(), [&] { CHECK(value_of(history.sweep(from_millis(0), 1, 10)) == 1); });
  CHECK(history_times(store, 10) == Numbers{6});
}

}  // namespace

std::vector<ConformanceCheck> catalog_checks() {
  return {
      {"resources are kept by their whole key", resources_are_kept_by_their_whole_key},
      {"a resource has its state beside its body", a_resource_has_its_state_beside_its_body},
      {"unowned resources go together", unowned_resources_go_together},
      {"an endpoint keeps its first number", an_endpoint_keeps_its_first_number},
      {"settings are replaced", settings_are_replaced},
      {"a dead letter comes back as it went in", a_dead_letter_comes_back_as_it_went_in},
      {"a dead letter id is taken once", a_dead_letter_id_is_taken_once},
      {"filters of dead letters all have to hold", filters_of_dead_letters_all_have_to_hold},
      {"dead letters are removed and swept", dead_letters_are_removed_and_swept},
      {"history reads newest first", history_reads_newest_first},
      {"history is swept by age and by number", history_is_swept_by_age_and_by_number},
  };
}

}  // namespace waybill::testing
