#include <algorithm>
#include <set>
#include <tuple>

#include "support/model_engine.h"

namespace waybill::testing {

using store::MessageGroup;
using store::MessageRow;
using Rows = std::vector<MessageRow>;

namespace {

// Of one queue, in order, at most that many.
template <class Wanted, class Before>
Rows pick(const ModelState::MessageRows& all, QueueId queue, int limit, Wanted wanted, Before before) {
  Rows found;
  for (const auto& [key, row] : all) {
    if (key.first == queue && wanted(row)) found.push_back(row);
  }
  std::sort(found.begin(), found.end(), before);
  if (static_cast<int>(found.size()) > limit) found.resize(static_cast<std::size_t>(limit));
  return found;
}

bool visible_first(const MessageRow& a, const MessageRow& b) {
  return std::tie(a.visible_at, a.id) < std::tie(b.visible_at, b.id);
}
bool in_group_order(const MessageRow& a, const MessageRow& b) {
  return std::tie(a.group, a.id) < std::tie(b.group, b.id);
}

}  // namespace

Status ModelEngine::insert(const Message& message) {
  if (!working_.messages.try_emplace(message.id, std::make_shared<const Message>(message)).second) {
    return Error{ErrorCode::conflict, "there is a message with that id"};
  }
  return {};
}

Result<MessagePtr> ModelEngine::read(MessageId id) {
  const auto found = working_.messages.find(id);
  return found == working_.messages.end() ? MessagePtr() : found->second;
}

Status ModelEngine::remove(MessageId id) {
  working_.messages.erase(id);
  return {};
}

Status ModelEngine::insert_row(const MessageRow& row) {
  working_.message_rows[{row.queue, row.id}] = row;
  return {};
}

Result<std::optional<MessageRow>> ModelEngine::find(QueueId queue, MessageId id, WallTime visible_at) {
  const auto found = working_.message_rows.find({queue, id});
  if (found == working_.message_rows.end()) return std::optional<MessageRow>();
  const MessageRow& row = found->second;
  if (row.visible_at != visible_at && !row.deadline_changed) return std::optional<MessageRow>();
  return std::optional<MessageRow>(row);
}

Status ModelEngine::remove_row(const MessageRow& row) {
  working_.message_rows.erase({row.queue, row.id});
  return {};
}

Result<bool> ModelEngine::remove_at(const MessageFence& fence) {
  const auto found = working_.message_rows.find({fence.queue, fence.id});
  if (found == working_.message_rows.end()) return false;
  const MessageRow& row = found->second;
  if (row.visible_at != fence.visible_at || row.receives != fence.receives || row.deadline_changed) return false;
  working_.message_rows.erase(found);
  working_.messages.erase(fence.id);
  return true;
}

Status ModelEngine::move_row(const MessageRow& from, const MessageRow& to) {
  WAYBILL_CHECK(remove_row(from));
  return insert_row(to);
}

Result<Rows> ModelEngine::rows(QueueId queue, WallTime until, int limit) {
  return pick(
      working_.message_rows, queue, limit, [&](const MessageRow& row) { return row.visible_at <= until; },
      visible_first);
}

Result<std::optional<WallTime>> ModelEngine::next_row(QueueId queue, WallTime after) {
  const Rows next = pick(
      working_.message_rows, queue, 1, [&](const MessageRow& row) { return row.visible_at > after; }, visible_first);
  return next.empty() ? std::optional<WallTime>() : std::optional(next.front().visible_at);
}

Status ModelEngine::put_fifo_row(const MessageRow& row) {
  working_.fifo_rows[{row.queue, row.id}] = row;
  return {};
}

Result<std::optional<MessageRow>> ModelEngine::find_fifo(QueueId queue, MessageId id) {
  const auto found = working_.fifo_rows.find({queue, id});
  return found == working_.fifo_rows.end() ? std::optional<MessageRow>() : std::optional(found->second);
}

Status ModelEngine::remove_fifo_row(const MessageRow& row) {
  working_.fifo_rows.erase({row.queue, row.id});
  return {};
}

Result<Rows> ModelEngine::group_rows(QueueId queue, const std::string& group, int limit) {
  return pick(
      working_.fifo_rows, queue, limit, [&](const MessageRow& row) { return row.group == group; }, in_group_order);
}

Result<std::optional<WallTime>> ModelEngine::group_locked_until(QueueId queue, const std::string& group) {
  std::optional<WallTime> until;
  for (const auto& [key, row] : working_.fifo_rows) {
    if (key.first == queue && row.group == group && row.receives > 0) {
      until = std::max(until.value_or(row.visible_at), row.visible_at);
    }
  }
  return until;
}

Status ModelEngine::put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                              std::optional<WallTime> after) {
  if (before) working_.groups.erase({queue, *before, group});
  if (after && !working_.groups.insert({queue, *after, group}).second) {
    return Error{ErrorCode::conflict, "there is such a group"};
  }
  return {};
}

Result<std::vector<MessageGroup>> ModelEngine::groups(QueueId queue, WallTime until, int limit) {
  std::vector<MessageGroup> found;
  for (const auto& [of, free_at, group] : working_.groups) {
    if (of == queue && free_at <= until && static_cast<int>(found.size()) < limit) found.push_back({free_at, group});
  }
  return found;
}

Result<std::optional<WallTime>> ModelEngine::next_group(QueueId queue, WallTime after) {
  for (const auto& [of, free_at, group] : working_.groups) {
    if (of == queue && free_at > after) return std::optional(free_at);
  }
  return std::optional<WallTime>();
}

Result<std::optional<store::Messages::Sending>> ModelEngine::sending(QueueId queue, const std::string& key) {
  const auto found = working_.sendings.find({queue, key});
  return found == working_.sendings.end() ? std::optional<Sending>() : std::optional(found->second);
}

Status ModelEngine::put_sending(QueueId queue, const std::string& key, const Sending& sending) {
  working_.sendings[{queue, key}] = sending;
  return {};
}

Result<std::int64_t> ModelEngine::sweep_sendings(WallTime before, int limit) {
  std::int64_t gone = 0;
  std::erase_if(working_.sendings, [&](const auto& entry) {
    const bool goes = entry.second.sent_at < before && gone < limit;
    gone += goes ? 1 : 0;
    return goes;
  });
  return gone;
}

Result<std::int64_t> ModelEngine::count_in_flight(QueueId queue, bool fifo, WallTime now) {
  const auto& all = fifo ? working_.fifo_rows : working_.message_rows;
  return std::count_if(all.begin(), all.end(), [&](const auto& entry) {
    return entry.first.first == queue && entry.second.receives > 0 && entry.second.visible_at > now;
  });
}

Result<Rows> ModelEngine::any_rows(QueueId queue, bool fifo, MessageId before, int limit) {
  return pick(
      fifo ? working_.fifo_rows : working_.message_rows, queue, limit,
      [&](const MessageRow& row) { return row.id < before; }, in_group_order);
}

Status ModelEngine::forget_queue(QueueId queue) {
  std::erase_if(working_.sendings, [&](const auto& entry) { return entry.first.first == queue; });
  return {};
}

// --- what readers see

Result<std::vector<store::MessageCounts>> ModelReader::message_counts(const std::vector<store::CountedQueue>& queues,
                                                                      WallTime now) {
  const auto state = disk_->state();
  std::vector<store::MessageCounts> all;
  for (const store::CountedQueue& each : queues) {
    store::MessageCounts& counts = all.emplace_back();
    for (const auto& [key, row] : each.fifo ? state->fifo_rows : state->message_rows) {
      if (key.first != each.queue) continue;
      if (row.visible_at <= now) {
        ++counts.visible;
      } else {
        ++(row.receives > 0 ? counts.in_flight : counts.delayed);
      }
      counts.oldest = std::min(counts.oldest.value_or(row.enqueued_at), row.enqueued_at);
    }
  }
  return all;
}

Result<std::vector<store::StoredMessage>> ModelReader::messages(QueueId queue, bool fifo,
                                                                const std::optional<MessageRow>& after, int limit) {
  const auto state = disk_->state();
  const auto before = fifo ? in_group_order : visible_first;
  std::vector<store::StoredMessage> page;
  for (const MessageRow& row : pick(
           fifo ? state->fifo_rows : state->message_rows, queue, limit,
           [&](const MessageRow& each) { return !after || before(*after, each); }, before)) {
    const auto message = state->messages.find(row.id);
    page.push_back({row, message == state->messages.end() ? nullptr : message->second});
  }
  return page;
}

Result<std::vector<QueueId>> ModelReader::queues() {
  const auto state = disk_->state();
  std::set<QueueId> found;
  for (const auto& [key, row] : state->message_rows) found.insert(key.first);
  for (const auto& [key, row] : state->fifo_rows) found.insert(key.first);
  for (const auto& [key, sending] : state->sendings) found.insert(key.first);
  return std::vector<QueueId>(found.begin(), found.end());
}

}  // namespace waybill::testing
