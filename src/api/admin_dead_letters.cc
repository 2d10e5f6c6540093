#include "api/admin_dead_letters.h"

#include <simdjson.h>

#include "api/answers.h"
#include "base/json_tree.h"
#include "base/log.h"
#include "delivery/redrive.h"
#include "net/url.h"

namespace waybill::api {

namespace {

using nlohmann::json;

constexpr std::int64_t kMostPerPage = 1000;
constexpr int kMostTogether = 100;  // letters that a redrive holds at a time, with their bodies

json parsed_or_text(const std::string& body) {
  json parsed = parse_json(body, kMaxPayloadDepth);
  return parsed.is_discarded() ? json(body) : parsed;
}

json letter_json(const DeadLetter& letter, bool whole) {
  json shown{{"id", letter.id.value},
             {"event_id", letter.event_id},
             {"rule_arn", letter.rule_arn},
             {"target_arn", letter.target_arn},
             {"error_code", letter.error_code},
             {"error_message", letter.error_message},
             {"attempts", letter.attempts},
             {"ingested_at", iso8601_millis(letter.ingested_at)},
             {"dead_at", iso8601_millis(letter.dead_at)}};
  if (!letter.exhausted_condition.empty()) {
    shown["exhausted_retry_condition"] = letter.exhausted_condition;
    shown["retry_attempts"] = letter.attempts - 1;
  }
  if (whole) {
    shown["origin"] = letter.origin;
    shown["payload"] = parsed_or_text(letter.body);
  }
  return shown;
}

Result<store::DeadLetterFilter> filter_of(const net::QueryPairs& pairs) {
  store::DeadLetterFilter filter;
  for (const auto& [name, value] : pairs) {
    if (name == "target") {
      filter.target_arn = value;
    } else if (name == "rule") {
      filter.rule_arn = value;
    } else if (name == "code") {
      filter.error_code = value;
    } else if (name == "event") {
      filter.event_id = value;
    } else if (name == "after") {
      WAYBILL_TRY(filter.after.value, number_parameter(name, value, 0, std::numeric_limits<std::int64_t>::max()));
    } else if (name == "limit") {
      WAYBILL_TRY(const std::int64_t limit, number_parameter(name, value, 1, kMostPerPage));
      filter.limit = static_cast<int>(limit);
    } else {
      return invalid("'" + name + "' is no filter; there are target, rule, code, event, after and limit");
    }
  }
  return filter;
}

Result<DeadLetterId> letter_id(std::string_view text) {
  WAYBILL_TRY(const std::int64_t id, number_parameter("id", text, 1, std::numeric_limits<std::int64_t>::max()));
  return DeadLetterId{id};
}

Error no_letter(DeadLetterId id) { return not_found("there is no dead letter " + std::to_string(id.value)); }

// What a redrive is told, all of it looked at: nothing that it passes over may make it redrive more than was meant.
struct RedriveOrder {
  std::optional<DeadLetterId> id;
  store::DeadLetterFilter filter;  // where there is no id
  bool dry_run = false;
  bool one_page = false;              // "limit" was given: filter.limit letters are looked at
  std::optional<DeadLetterId> until;  // what fails again at once comes back as a new letter, above this
};

// Where a page of a redrive ended, as text: the letter, and until.
std::string cursor_of(const RedriveOrder& order) {
  return std::to_string(order.filter.after.value) + "." + std::to_string(order.until->value);
}

Status read_cursor(const std::string& cursor, RedriveOrder& into) {
  constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
  const std::size_t dot = cursor.find('.');
  if (dot == std::string::npos) return invalid("after: it is no \"next\" of an earlier answer");
  WAYBILL_TRY(into.filter.after.value, number_parameter("after", cursor.substr(0, dot), 0, kAny));
  WAYBILL_TRY(const std::int64_t until, number_parameter("after", cursor.substr(dot + 1), 0, kAny));
  into.until = DeadLetterId{until};
  return {};
}

Status read_letter_filter(const json& given, store::DeadLetterFilter& into) {
  if (!given.is_object()) return invalid("filter must be an object with any of target, rule, code and event");
  for (const auto& [name, value] : given.items()) {
    std::string* const part = name == "target"  ? &into.target_arn
                              : name == "rule"  ? &into.rule_arn
                              : name == "code"  ? &into.error_code
                              : name == "event" ? &into.event_id
                                                : nullptr;
    if (!part) return invalid("filter: there is no '" + name + "'; there are target, rule, code and event");
    if (!value.is_string()) return invalid("filter." + name + " must be a string");
    *part = value.get<std::string>();
  }
  return {};
}

Result<RedriveOrder> read_order(const json& request) {
  if (!request.is_object()) return invalid("the body must be a JSON object of at most 1200 levels, e.g. {\"id\":1}");
  RedriveOrder order;
  order.filter.limit = kMostTogether;
  for (const auto& [name, value] : request.items()) {
    if (name == "id") {
      if (!value.is_number_unsigned() || value == 0U) return invalid("id must be a whole number, at least 1");
      order.id = DeadLetterId{value.get<std::int64_t>()};
    } else if (name == "filter") {
      WAYBILL_CHECK(read_letter_filter(value, order.filter));
    } else if (name == "dry_run") {
      if (!value.is_boolean()) return invalid("dry_run must be true or false");
      order.dry_run = value.get<bool>();
    } else if (name == "limit") {
      if (!value.is_number_unsigned() || value < 1 || value > kMostTogether) {
        return invalid("limit must be a whole number, 1 to " + std::to_string(kMostTogether));
      }
      order.filter.limit = value.get<int>();
      order.one_page = true;
    } else if (name == "after") {
      if (!value.is_string()) return invalid("after must be a string, the \"next\" of an earlier answer");
      WAYBILL_CHECK(read_cursor(value.get<std::string>(), order));
    } else if (name != "detail") {
      return invalid("'" + name +
                     "' is no member of a redrive; there are id, filter, detail, dry_run, limit and after");
    }
  }
  if (order.id.has_value() == request.contains("filter")) {
    return invalid("name what to redrive in one way: \"id\", or \"filter\" ({} for all)");
  }
  return order;
}

Result<std::vector<DeadLetter>> chosen(const RedriveOrder& order, store::ReaderPool& readers) {
  WAYBILL_TRY(const store::ReaderPool::Lease reader, readers.lend());
  if (!order.id) return reader->dead_letters(order.filter);
  WAYBILL_TRY(auto letter, reader->dead_letter(*order.id));
  if (!letter) return no_letter(*order.id);
  return std::vector<DeadLetter>{std::move(*letter)};
}

// As it is spelled: the order of an event's members and the spelling of its numbers are passed on as sent.
Result<std::optional<std::string>> detail_of(const json& request, const std::string& body) {
  const auto found = request.find("detail");
  if (found == request.end() || found->is_null()) return std::optional<std::string>();
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  std::string_view raw;
  if (parser.iterate(padded).get(document) || document.find_field_unordered("detail").get_object().get(object) ||
      object.raw_json().get(raw)) {
    return invalid("detail must be a JSON object: the whole new detail");
  }
  return std::optional<std::string>(raw);
}

}  // namespace

net::HttpResponse DeadLettersApi::list(const std::string& query) const {
  const auto pairs = net::parse_query(query);
  if (!pairs) return error_answer(pairs.error());
  const auto filter = filter_of(*pairs);
  if (!filter) return error_answer(filter.error());
  auto reader = ports_.readers.lend();
  if (!reader) return error_answer(reader.error());
  const auto letters = (*reader)->dead_letters(*filter);
  if (!letters) return error_answer(letters.error());
  json body{{"dead_letters", json::array()}};
  for (const DeadLetter& letter : *letters) body["dead_letters"].push_back(letter_json(letter, false));
  if (static_cast<int>(letters->size()) == filter->limit) body["next"] = letters->back().id.value;
  return json_answer(body);
}

net::HttpResponse DeadLettersApi::show(std::string_view text) const {
  const auto id = letter_id(text);
  if (!id) return error_answer(id.error());
  auto reader = ports_.readers.lend();
  if (!reader) return error_answer(reader.error());
  const auto letter = (*reader)->dead_letter(*id);
  if (!letter) return error_answer(letter.error());
  if (!*letter) return error_answer(no_letter(*id));
  return json_answer(letter_json(**letter, true));
}

net::HttpResponse DeadLettersApi::drop(std::string_view text) const {
  const auto id = letter_id(text);
  if (!id) return error_answer(id.error());
  store::Changes changes;
  changes.add(store::RemoveDeadLetter{*id});
  const auto applied = ports_.journal.apply(store::Lane::internal, std::move(changes));
  if (applied) return json_answer({{"dropped", 1}});
  if (applied.error().reason == store::Refusal::Reason::condition_failed) return error_answer(no_letter(*id));
  return to_response(from_refusal(applied.error()));
}

net::HttpResponse DeadLettersApi::redrive(const std::string& body) const {
  // The detail may be as deep as an event's; it is looked at as text.
  const json request = parse_json(body, kMaxPayloadDepth);
  auto order = read_order(request);
  if (!order) return error_answer(order.error());
  const auto detail = detail_of(request, body);
  if (!detail) return error_answer(detail.error());
  if (!order->until) order->until = DeadLetterId{ports_.journal.next_sequence()};
  json redriven = json::array(), failed = json::array();
  bool more = true;
  do {
    auto letters = chosen(*order, ports_.readers);
    if (!letters) return error_answer(letters.error());
    more = !order->id && static_cast<int>(letters->size()) == order->filter.limit;
    while (!letters->empty() && *order->until < letters->back().id) {
      letters->pop_back();
      more = false;
    }
    if (!letters->empty()) order->filter.after = letters->back().id;
    const auto result = delivery::redrive_many(
        *letters, {*detail, order->dry_run}, *ports_.topology.get(), ports_.wall.now(), ports_.journal,
        [this](std::vector<NewDelivery> deliveries) { ports_.dispatcher.committed(std::move(deliveries)); });
    for (const DeadLetterId id : result.redriven) redriven.push_back(id.value);
    for (const auto& [id, why] : result.failed) failed.push_back({{"id", id.value}, {"message", why}});
  } while (more && !order->one_page);
  json answer{{"redriven", redriven.size()}, {"ids", redriven}, {"failed", failed}, {"dry_run", order->dry_run}};
  if (more) answer["next"] = cursor_of(*order);
  return json_answer(answer);
}

net::HttpResponse DeadLettersApi::notifications(const std::string& query) const {
  const auto pairs = net::parse_query(query);
  if (!pairs) return error_answer(pairs.error());
  const auto wanted = net::find_query(*pairs, "topic");
  std::int64_t limit = 100;
  if (const auto text = net::find_query(*pairs, "limit")) {
    const auto number = number_parameter("limit", *text, 1, kMostPerPage);
    if (!number) return error_answer(number.error());
    limit = *number;
  }
  auto reader = ports_.readers.lend();
  if (!reader) return error_answer(reader.error());
  json list = json::array();
  const auto topology = ports_.topology.get();
  for (const auto& [id, endpoint] : topology->endpoints()) {
    if (endpoint->kind != EndpointKind::subscription || (wanted && *wanted != endpoint->topic_arn)) continue;
    const auto rows = (*reader)->deliveries({id, WallTime::min(), DeliveryId{0}}, WallTime::max(),
                                            static_cast<int>(limit - static_cast<std::int64_t>(list.size())));
    if (!rows) return error_answer(rows.error());
    for (const Delivery& row : *rows) {
      const auto payloads = (*reader)->payloads({row.payload});
      if (!payloads) return error_answer(payloads.error());
      json shown{{"id", row.key.id.value},
                 {"topic_arn", endpoint->topic_arn},
                 {"protocol", endpoint->protocol},
                 {"endpoint", endpoint->address},
                 {"accepted_at", iso8601_millis(row.ingested_at)}};
      if (!payloads->empty() && payloads->front()) shown["notification"] = parsed_or_text(payloads->front()->body);
      list.push_back(std::move(shown));
    }
    if (static_cast<std::int64_t>(list.size()) >= limit) break;
  }
  return json_answer({{"notifications", std::move(list)}});
}

}  // namespace waybill::api
