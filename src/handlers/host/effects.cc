#include "handlers/host/effects.h"

#include "base/json_text.h"
#include "base/log.h"
#include "handlers/host/permissions.h"
#include "table/item_codec.h"
#include "topic/publisher.h"

namespace waybill {

namespace {

Error denied(const FunctionSpec& function, std::string_view action, const std::string& resource) {
  return {ErrorCode::denied, not_allowed(function, action, resource)};
}

bool written_before(const store::Changes& changes, TableId table, const std::string& pk, const std::string& sk) {
  for (const store::Change& change : changes.list) {
    if (const auto* put = std::get_if<store::PutItem>(&change)) {
      if (put->table == table && put->row.pk == pk && put->row.sk == sk) return true;
    } else if (const auto* removal = std::get_if<store::DeleteItem>(&change)) {
      if (removal->table == table && removal->pk == pk && removal->sk == sk) return true;
    }
  }
  return false;
}

store::ItemCondition condition_of(const Write& write) {
  store::ItemCondition condition;
  if (write.condition == Write::Condition::absent) condition.existence = store::ItemCondition::Existence::absent;
  if (write.condition == Write::Condition::present) condition.existence = store::ItemCondition::Existence::present;
  return condition;
}

// None: a string in it is not valid UTF-8.
std::optional<std::string> text_of(const Json& json) {
  try {
    return dump_exact(json);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void append(store::Changes changes, std::vector<NewDelivery> deliveries, delivery::Consequences& into) {
  for (store::Change& change : changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& caused : deliveries) into.deliveries.push_back(std::move(caused));
}

}  // namespace

Result<delivery::Consequences> EffectBuilder::build(const Context& context, const Effects& effects) const {
  delivery::Consequences consequences;
  for (const Write& write : effects.writes) WAYBILL_CHECK(add_write(context, write, consequences));
  for (const Publish& publish : effects.publishes) WAYBILL_CHECK(add_publish(context, publish, consequences));
  if (!effects.emits.empty()) WAYBILL_CHECK(add_emits(context, effects.emits, consequences));
  if (!effects.metrics.empty()) {
    consequences.on_commit = [&probe = ports_.probe, metrics = effects.metrics] {
      for (const Metric& metric : metrics) probe.custom_metric(metric);
    };
  }
  return consequences;
}

Status EffectBuilder::add_write(const Context& context, const Write& write, delivery::Consequences& into) const {
  const auto tables = ports_.tables.get();
  const auto spec = tables->find(write.table);
  if (!spec) return not_found("Requested resource not found: Table: " + write.table + " not found");
  const bool is_put = write.kind == Write::Kind::put;
  const std::string_view action = is_put ? "dynamodb:PutItem" : "dynamodb:DeleteItem";
  if (!is_allowed(*ports_.topology.get(), context.function, action, spec->arn)) {
    return denied(context.function, action, spec->arn);
  }
  store::ItemRow row;
  if (is_put) {
    WAYBILL_TRY(row, table::encode_item(*spec, write.item, ports_.clock.now()));
  } else {
    WAYBILL_TRY(const table::ItemKey key, table::encode_item_key(*spec, write.item));
    row.pk = key.pk;
    row.sk = key.sk;
  }
  store::ItemCondition condition = condition_of(write);
  // What the handler decided on must still hold; its own earlier write to the key is no surprise.
  if (!write.blind && !written_before(into.changes, spec->id, row.pk, row.sk)) {
    condition.version = context.reads.version_read(spec->id, row.pk, row.sk);
  }
  const auto on_failed = write.on_failed == Write::OnFailed::skip ? store::OnConditionFailed::skip
                                                                  : store::OnConditionFailed::fail_attempt;
  if (is_put) {
    into.changes.add(store::PutItem{spec->id, std::move(row), condition, on_failed, nullptr});
  } else {
    into.changes.add(store::DeleteItem{spec->id, std::move(row.pk), std::move(row.sk), condition, on_failed, nullptr});
  }
  return {};
}

Status EffectBuilder::add_publish(const Context& context, const Publish& publish, delivery::Consequences& into) const {
  const auto topology = ports_.topology.get();
  if (!is_allowed(*topology, context.function, "sns:Publish", publish.topic)) {
    return denied(context.function, "sns:Publish", publish.topic);
  }
  if (!is_valid_utf8(publish.subject) || !is_valid_utf8(publish.message)) {
    return invalid("a message published to " + publish.topic + ": subject and message must be valid UTF-8");
  }
  WAYBILL_TRY(topic::Published published,
              topic::publish(*topology, {publish.topic, publish.subject, publish.message, {}}, context.depth,
                             ports_.clock.now(), ports_.random, ports_.journal, &ports_.probe));
  append(std::move(published.changes), std::move(published.deliveries), into);
  return {};
}

Status EffectBuilder::add_emits(const Context& context, const std::vector<Emit>& emits,
                                delivery::Consequences& into) const {
  const auto topology = ports_.topology.get();
  std::vector<bus::Entry> entries;
  for (const Emit& emit : emits) {
    const std::string arn = topology->place().event_bus(event_bus_name(emit.bus));
    if (!is_allowed(*topology, context.function, "events:PutEvents", arn)) {
      return denied(context.function, "events:PutEvents", arn);
    }
    auto detail = text_of(emit.detail);
    if (!detail || !is_valid_utf8(emit.source) || !is_valid_utf8(emit.detail_type)) {
      return invalid("emitted event " + std::to_string(entries.size()) +
                     ": source, detail type and detail must be valid UTF-8");
    }
    entries.push_back({std::nullopt, emit.source, emit.detail_type, std::move(*detail), emit.resources, emit.bus, {}});
  }
  bus::Prepared prepared = ports_.acceptor.prepare(entries, context.depth);
  for (std::size_t i = 0; i < prepared.results.size(); ++i) {
    if (prepared.results[i].ok()) continue;
    return invalid("emitted event " + std::to_string(i) + ": " + prepared.results[i].error_message);
  }
  append(std::move(prepared.changes), std::move(prepared.deliveries), into);
  return {};
}

}  // namespace waybill
