#include "store/apply_messages.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace waybill::store {

namespace {

// Rows of a FIFO queue's group that are read at once.
constexpr int kGroupHead = 32;
// Rows that one receive looks at, at most: those that go to a dead-letter queue or with their retention count too.
constexpr int kLookedAt = 1'000;
// Groups of a FIFO queue that are read at once, at least.
constexpr int kGroups = 10;

// In a dead-letter queue its receives count anew: that queue may have a dead-letter queue of its own.
MessageRow dead_row(const MessageRow& row, QueueId dlq, WallTime now) {
  MessageRow dead;
  dead.queue = dlq;
  dead.id = row.id;
  dead.group = row.group;
  dead.visible_at = now;
  dead.enqueued_at = row.enqueued_at;
  dead.source = row.queue;
  return dead;
}

}  // namespace

struct MessageRules::Taking {
  const ReceiveMessages& change;
  MessagesReceived& into;
  int looked_at = 0;
  std::size_t bytes = 0;

  bool full() const {
    return static_cast<int>(into.messages.size()) >= change.limit || bytes >= change.bytes || looked_at >= kLookedAt;
  }
};

// --- sending

Result<MessageSent> MessageRules::send(const SendMessage& change) {
  const Message& message = *change.message;
  if (!change.dedup_key.empty()) {
    WAYBILL_TRY(const auto before, messages_.sending(change.queue, change.dedup_key));
    if (before && before->sent_at > change.dedup_since) return MessageSent{before->id, true};
    WAYBILL_CHECK(messages_.put_sending(change.queue, change.dedup_key, {message.id, message.sent_at}));
  }
  MessageRow row;
  row.queue = change.queue;
  row.id = message.id;
  row.visible_at = change.visible_at;
  row.enqueued_at = message.sent_at;
  row.source = change.source;
  if (change.fifo) row.group = message.group;
  WAYBILL_CHECK(messages_.insert(message));
  WAYBILL_CHECK(add(row, change.fifo));
  return MessageSent{message.id, false};
}

// --- receiving

Result<MessagesReceived> MessageRules::receive(const ReceiveMessages& change) {
  MessagesReceived received;
  if (change.in_flight_limit) {
    WAYBILL_TRY(received.in_flight, messages_.count_in_flight(change.queue, change.fifo, change.now));
    received.over_limit = *received.in_flight >= *change.in_flight_limit;
  }
  Taking taking{change, received};
  if (!received.over_limit) {
    WAYBILL_CHECK(change.fifo ? receive_fifo(taking) : receive_standard(taking));
    const bool still_visible = change.visible_at <= change.now && taking.looked_at > 0;
    received.more = taking.full() || still_visible;
  }
  // What else is visible is taken next time, whatever is visible after that.
  if (!received.more) WAYBILL_CHECK(find_next(taking));
  return received;
}

Status MessageRules::find_next(Taking& taking) {
  const ReceiveMessages& change = taking.change;
  auto next =
      change.fifo ? messages_.next_group(change.queue, change.now) : messages_.next_row(change.queue, change.now);
  if (!next) return std::move(next).error();
  taking.into.next = *next;
  return {};
}

Status MessageRules::receive_standard(Taking& taking) {
  const ReceiveMessages& change = taking.change;
  while (!taking.full()) {
    const int wanted = change.limit - static_cast<int>(taking.into.messages.size());
    WAYBILL_TRY(const auto rows, messages_.rows(change.queue, change.now, wanted));
    for (const MessageRow& row : rows) {
      WAYBILL_CHECK(take(taking, row));
      if (taking.full()) break;
    }
    // A visibility timeout of 0 leaves what was received visible: it is not taken twice.
    if (static_cast<int>(rows.size()) < wanted || change.visible_at <= change.now) break;
  }
  return {};
}

Status MessageRules::receive_fifo(Taking& taking) {
  const ReceiveMessages& change = taking.change;
  const int wanted = std::max(change.limit, kGroups);
  while (!taking.full()) {
    WAYBILL_TRY(const auto groups, messages_.groups(change.queue, change.now, wanted));
    for (const MessageGroup& group : groups) {
      WAYBILL_CHECK(receive_group(taking, group));
      if (taking.full()) return {};
    }
    // A group that was looked at is locked now, or its visible messages went: those behind it move up. Not so with a
    // visibility timeout of 0.
    if (static_cast<int>(groups.size()) < wanted || change.visible_at <= change.now) break;
  }
  return {};
}

Status MessageRules::receive_group(Taking& taking, const MessageGroup& group) {
  const ReceiveMessages& change = taking.change;
  while (!taking.full()) {
    WAYBILL_TRY(const auto rows, messages_.group_rows(change.queue, group.group, kGroupHead));
    const std::size_t before = taking.into.messages.size();
    bool went = false;  // to a dead-letter queue, or with its retention: then the next ones move up
    for (const MessageRow& row : rows) {
      if (row.visible_at > change.now) return {};
      const std::size_t got = taking.into.messages.size();
      WAYBILL_CHECK(take(taking, row));
      went = went || taking.into.messages.size() == got;
      if (taking.full()) return {};
    }
    if (!went || taking.into.messages.size() != before) return {};
  }
  return {};
}

Status MessageRules::take(Taking& taking, const MessageRow& row) {
  const ReceiveMessages& change = taking.change;
  ++taking.looked_at;
  if (row.enqueued_at < change.retained_since) {
    WAYBILL_CHECK(erase(row, change.fifo));
    return messages_.remove(row.id);
  }
  if (change.redrive && row.receives >= change.redrive->max_receives) {
    ++taking.into.redriven;
    MessageRow dead = dead_row(row, change.redrive->dlq, change.now);
    if (change.fifo) dead.enqueued_at = change.now;
    WAYBILL_CHECK(erase(row, change.fifo));
    return add(dead, change.fifo);
  }
  WAYBILL_TRY(auto message, messages_.read(row.id));
  if (!message) return erase(row, change.fifo);
  MessageRow received = row;
  ++received.receives;
  received.visible_at = change.visible_at;
  received.deadline_changed = false;
  if (row.receives == 0) received.first_received = change.now;
  WAYBILL_CHECK(replace(row, received, change.fifo));
  taking.bytes += message->body.size();
  taking.into.messages.push_back({std::move(message),
                                  {row.queue, row.id, received.receives, received.visible_at},
                                  received.first_received,
                                  row.source});
  return {};
}

// --- what was received

Result<std::optional<MessageRow>> MessageRules::find(const MessageFence& fence, bool fifo) {
  if (fifo) return messages_.find_fifo(fence.queue, fence.id);
  return messages_.find(fence.queue, fence.id, fence.visible_at);
}

Result<MessageRules::Found> MessageRules::find_received(const MessageFence& fence, bool fifo, WallTime now) {
  using State = MessageTouched::State;
  WAYBILL_TRY(const auto row, find(fence, fifo));
  if (!row) return Found{State::gone, {}};
  if (row->receives != fence.receives) return Found{State::received, *row};
  return Found{row->visible_at <= now ? State::visible : State::done, *row};
}

Result<MessageTouched> MessageRules::remove(const DeleteMessage& change) {
  using State = MessageTouched::State;
  if (!change.fifo) {
    WAYBILL_TRY(const bool removed, messages_.remove_at(change.fence));
    if (removed) return MessageTouched{};
  }
  WAYBILL_TRY(const Found found, find_received(change.fence, change.fifo, change.now));
  if (found.state == State::gone || found.state == State::received) return MessageTouched{found.state};
  if (found.state == State::visible && change.fifo) return MessageTouched{found.state};
  WAYBILL_CHECK(erase(found.row, change.fifo));
  WAYBILL_CHECK(messages_.remove(found.row.id));
  return MessageTouched{};
}

Result<MessageTouched> MessageRules::change_visibility(const ChangeVisibility& change) {
  WAYBILL_TRY(const Found found, find_received(change.fence, change.fifo, change.now));
  if (found.state != MessageTouched::State::done) return MessageTouched{found.state};
  MessageRow changed = found.row;
  changed.visible_at = change.visible_at;
  changed.deadline_changed = true;
  WAYBILL_CHECK(replace(found.row, changed, change.fifo));
  return MessageTouched{};
}

// --- moving on

Result<MessagesMoved> MessageRules::move(const MoveMessages& change) {
  MessagesMoved moved;
  while (moved.moved < static_cast<std::int64_t>(change.ids.size())) {
    MessageRow row;
    if (change.fifo) {
      WAYBILL_TRY(const auto groups, messages_.groups(change.from, change.now, 1));
      if (groups.empty()) break;
      WAYBILL_TRY(const auto rows, messages_.group_rows(change.from, groups.front().group, 1));
      if (rows.empty()) break;
      row = rows.front();
    } else {
      WAYBILL_TRY(const auto rows, messages_.rows(change.from, change.now, 1));
      if (rows.empty()) break;
      row = rows.front();
    }
    WAYBILL_TRY(const auto to, move_one(change, row, change.ids[static_cast<std::size_t>(moved.moved)]));
    if (!to) {
      moved.stuck = true;
      break;
    }
    moved.to.push_back(*to);
    ++moved.moved;
  }
  return moved;
}

Result<std::optional<QueueId>> MessageRules::move_one(const MoveMessages& change, const MessageRow& row, MessageId to) {
  const auto route = std::find_if(change.routes.begin(), change.routes.end(), [&](const MoveMessages::Route& each) {
    return each.source == QueueId{} || each.source == row.source;
  });
  if (route == change.routes.end()) return std::optional<QueueId>();
  WAYBILL_TRY(const auto message, messages_.read(row.id));
  WAYBILL_CHECK(erase(row, change.fifo));
  if (!message) return std::optional<QueueId>(route->to);
  WAYBILL_CHECK(messages_.remove(row.id));
  Message again = *message;
  again.id = to;
  again.sent_at = change.now;
  MessageRow fresh;
  fresh.queue = route->to;
  fresh.id = to;
  fresh.visible_at = fresh.enqueued_at = change.now;
  if (route->fifo) fresh.group = again.group;
  WAYBILL_CHECK(messages_.insert(again));
  WAYBILL_CHECK(add(fresh, route->fifo));
  return std::optional<QueueId>(route->to);
}

// --- clearing

Result<Swept> MessageRules::remove_all(const std::vector<MessageRow>& rows, bool fifo, int limit) {
  for (const MessageRow& row : rows) {
    WAYBILL_CHECK(erase(row, fifo));
    WAYBILL_CHECK(messages_.remove(row.id));
  }
  const auto gone = static_cast<std::int64_t>(rows.size());
  return Swept{gone, {}, gone == limit};
}

Result<Swept> MessageRules::purge(const PurgeQueue& change) {
  WAYBILL_TRY(const auto rows, messages_.any_rows(change.queue, change.fifo, change.before, change.limit));
  return remove_all(rows, change.fifo, change.limit);
}

Result<Swept> MessageRules::drop(const DropQueue& change) {
  constexpr MessageId kAll{std::numeric_limits<std::int64_t>::max()};
  for (const bool fifo : {false, true}) {
    WAYBILL_TRY(const auto swept, purge({change.queue, fifo, kAll, change.limit}));
    if (swept.rows > 0) return Swept{swept.rows, {}, true};
  }
  WAYBILL_CHECK(messages_.forget_queue(change.queue));
  return Swept{};
}

Result<Swept> MessageRules::sweep(const SweepMessages& change) {
  std::vector<MessageRow> old;
  if (!change.fifo) {
    WAYBILL_TRY(old, messages_.rows(change.queue, change.before - Millis{1}, change.limit));
    return remove_all(old, false, change.limit);
  }
  WAYBILL_TRY(const auto groups, messages_.groups(change.queue, change.before - Millis{1}, change.limit));
  for (const MessageGroup& group : groups) {
    const int left = change.limit - static_cast<int>(old.size());
    if (left == 0) break;
    WAYBILL_TRY(const auto rows, messages_.group_rows(change.queue, group.group, left));
    for (const MessageRow& row : rows) {
      if (row.enqueued_at >= change.before) break;
      old.push_back(row);
    }
  }
  return remove_all(old, true, change.limit);
}

// --- rows

Status MessageRules::add(const MessageRow& row, bool fifo) {
  if (!fifo) return messages_.insert_row(row);
  return within_group(row, [&] { return messages_.put_fifo_row(row); });
}

Status MessageRules::replace(const MessageRow& from, const MessageRow& to, bool fifo) {
  if (!fifo) return messages_.move_row(from, to);
  return within_group(to, [&] { return messages_.put_fifo_row(to); });
}

Status MessageRules::erase(const MessageRow& row, bool fifo) {
  if (!fifo) return messages_.remove_row(row);
  return within_group(row, [&] { return messages_.remove_fifo_row(row); });
}

// The entry of the group follows from its rows: it is moved when they say something else than before.
template <class F>
Status MessageRules::within_group(const MessageRow& row, F&& write) {
  WAYBILL_TRY(const auto before, free_at(row.queue, row.group));
  WAYBILL_CHECK(write());
  WAYBILL_TRY(const auto after, free_at(row.queue, row.group));
  if (before == after) return {};
  return messages_.put_group(row.queue, row.group, before, after);
}

Result<std::optional<WallTime>> MessageRules::free_at(QueueId queue, const std::string& group) {
  WAYBILL_TRY(const auto rows, messages_.group_rows(queue, group, 1));
  if (rows.empty()) return std::optional<WallTime>();
  // What is in flight need not be at the head: dead letters of the group may be older.
  WAYBILL_TRY(const auto locked, messages_.group_locked_until(queue, group));
  const WallTime first = rows.front().visible_at;
  return std::optional<WallTime>(std::max(first, locked.value_or(first)));
}

}  // namespace waybill::store
