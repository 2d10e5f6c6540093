#include "crash/message_work.h"

#include <algorithm>

#include "queue/event_batch.h"

namespace waybill::testing {

using namespace store;

namespace {

constexpr Millis kVisibility{30};
constexpr Millis kStep{40};  // what was left is visible again at the next receive
constexpr int kAll = 1'000;

// A rule that lets some be left several times over, and most be taken in the end: numbers change with every move.
bool is_left(const ReceivedMessage& each) { return each.fence.id.value % 3 == 0; }

// Of a row without its message: a number that was never sent, so that a promise of it breaks.
std::int64_t number_of(const StoredMessage& stored) { return stored.message ? sent_as(*stored.message) : -1; }

}  // namespace

TableSpec crash_table(TableId id) {
  TableSpec spec;
  spec.id = id;
  spec.name = "Shipments" + std::to_string(id.value);
  spec.key = {{"id", KeyType::string}, std::nullopt};
  spec.indexes = {{"by_status", {{"status", KeyType::string}, KeyAttribute{"id", KeyType::string}}}};
  spec.ttl_attribute = "ttl";
  return spec;
}

PutItem crash_item(TableId table, std::string key, std::int64_t number) {
  PutItem put;
  put.table = table;
  put.row.pk = std::move(key);
  put.row.body = R"({"id":{"S":")" + put.row.pk + R"("},"status":{"S":"open"}})";
  put.row.index_keys = {ItemRow::IndexKey{"open", put.row.pk}};
  put.row.expires_at = number;
  put.condition.existence = ItemCondition::Existence::absent;
  return put;
}

MessagePtr crash_message(std::int64_t number, std::size_t size, std::string group) {
  Message message;
  message.id = {number};
  message.body = std::to_string(number) + " " + std::string(size, 'm');
  message.group = std::move(group);
  message.sent_at = from_millis(1'000);
  return std::make_shared<const Message>(std::move(message));
}

std::int64_t sent_as(const Message& message) { return std::stoll(message.body); }

void MessageWork::send(int i) {
  const std::int64_t number = ledger_.journal().next_sequence();
  SendMessage change;
  change.queue = source_;
  change.fifo = fifo_;
  change.message =
      crash_message(number, static_cast<std::size_t>(100 + i * 53 % 700), fifo_ ? "g" + std::to_string(i % 3) : "");
  change.visible_at = change.message->sent_at;
  Changes changes;
  changes.add(std::move(change));
  ledger_.unit(Lane::ingress, std::move(changes), {.what = "sent", .number = number, .goes_by = number});
}

std::vector<ReceivedMessage> MessageWork::receive() {
  ReceiveMessages receive;
  receive.queue = source_;
  receive.fifo = fifo_;
  receive.limit = 5;
  receive.now = now_ += kStep;
  receive.visible_at = now_ + kVisibility;
  receive.retained_since = from_millis(0);
  receive.redrive = Redrive{dead_letters_, 1};
  Changes changes;
  changes.add(std::move(receive));
  const auto applied = ledger_.unit(Lane::internal, std::move(changes), [this](const Ledger::Results& results) {
    std::vector<Promise> promises;
    for (const ReceivedMessage& each : std::get<MessagesReceived>(results.front()).messages) {
      promises.push_back({.what = "received",
                          .number = sent_as(*each.message),
                          .goes_by = each.fence.id.value,
                          .receives = each.fence.receives,
                          .to = source_});
    }
    return promises;
  });
  return applied ? std::get<MessagesReceived>(applied->front()).messages : std::vector<ReceivedMessage>();
}

// As an event source does it, by the same code: in one unit each success is deleted with its effect, a failure leaves
// an effect and is received again.
void MessageWork::work_on_batch() {
  std::vector<queue::Received> messages;
  std::vector<queue::RecordResult> results;
  std::vector<Promise> promises;
  Promise whole{.what = "taking"};
  for (const ReceivedMessage& each : receive()) {
    const std::int64_t number = sent_as(*each.message);
    queue::Received received;
    received.message = each.message;
    received.fence = each.fence;
    messages.push_back(std::move(received));
    Promise promise{.what = "taken", .number = number, .goes_by = each.fence.id.value, .receives = each.fence.receives};
    queue::RecordResult result;
    result.ok = !is_left(each);
    if (result.ok) {
      result.changes.add(crash_item(kEffects, std::to_string(number), number));
      whole.together.push_back(number);
    } else {
      promise.what = "failed";
      result.changes.add(crash_item(kFailures, std::to_string(each.fence.id.value), number));
    }
    results.push_back(std::move(result));
    promises.push_back(std::move(promise));
  }
  if (messages.empty()) return;
  queue::BatchUnit unit = queue::batch_unit(messages, results, {0, messages.size()}, {.fifo = fifo_}, now_);
  ledger_.whole_unit(Lane::internal, std::move(unit.changes), whole, [&](const Ledger::Results&) { return promises; });
}

// As a message move task does it. Nobody else touches these dead letters, so they are moved in the order of the page.
void MessageWork::move_dead_letters() {
  const auto page = reader_.messages(dead_letters_, fifo_, std::nullopt, kAll);
  if (!page || page->empty()) return;
  const std::size_t count = fifo_ ? page->size() : std::min<std::size_t>(page->size(), 3);
  MoveMessages move;
  move.from = dead_letters_;
  move.fifo = fifo_;
  move.now = now_;
  const bool goes_back = ++moves_ % 3 != 0;
  if (goes_back) {
    move.routes = {{other_, other_, fifo_}, {source_, source_, fifo_}};  // to where it came from
  } else {
    move.routes = {{{}, other_, fifo_}};
  }
  for (std::size_t i = 0; i < count; ++i) move.ids.push_back({ledger_.journal().next_sequence()});
  // The order of a FIFO queue's page is another than that of the move: all that is promised is "new".
  Promise whole{.what = "moving", .goes_by = move.ids.front().value};
  std::vector<Promise> promises;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t number = number_of((*page)[i]);
    whole.together.push_back(number);
    promises.push_back({.what = "moved",
                        .number = number,
                        .goes_by = move.ids[fifo_ ? 0 : i].value,
                        .to = goes_back ? source_ : other_});
  }
  Changes changes;
  changes.add(std::move(move));
  ledger_.whole_unit(Lane::internal, std::move(changes), whole, [&](const Ledger::Results& results) {
    const auto& moved = std::get<MessagesMoved>(results.front());
    // Anything less would be an error of the move, not of the disk; a promise that nobody can keep tells of it.
    if (moved.stuck || moved.moved != static_cast<std::int64_t>(count)) return std::vector<Promise>{{.what = "stuck"}};
    return promises;
  });
}

}  // namespace waybill::testing
