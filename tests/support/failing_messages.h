// Messages over another engine's, as in failing_engine.h. Included by failing_engine.cc.
#pragma once

#include "store/engine.h"

namespace waybill::testing {

template <class Failures>
class FailingMessages final : public store::Messages {
 public:
  using Row = store::MessageRow;
  FailingMessages(store::Messages& inner, Failures& failures) : inner_(inner), failures_(failures) {}

  Status insert(const Message& message) override {
    return failures_.call([&] { return inner_.insert(message); });
  }
  Result<MessagePtr> read(MessageId id) override {
    return failures_.call([&] { return inner_.read(id); });
  }
  Status remove(MessageId id) override {
    return failures_.call([&] { return inner_.remove(id); });
  }
  Status insert_row(const Row& row) override {
    return failures_.call([&] { return inner_.insert_row(row); });
  }
  Result<std::optional<Row>> find(QueueId queue, MessageId id, WallTime visible_at) override {
    return failures_.call([&] { return inner_.find(queue, id, visible_at); });
  }
  Status remove_row(const Row& row) override {
    return failures_.call([&] { return inner_.remove_row(row); });
  }
  Result<bool> remove_at(const MessageFence& fence) override {
    return failures_.call([&] { return inner_.remove_at(fence); });
  }
  Status move_row(const Row& from, const Row& to) override {
    return failures_.call([&] { return inner_.move_row(from, to); });
  }
  Result<std::vector<Row>> rows(QueueId queue, WallTime until, int limit) override {
    return failures_.call([&] { return inner_.rows(queue, until, limit); });
  }
  Result<std::optional<WallTime>> next_row(QueueId queue, WallTime after) override {
    return failures_.call([&] { return inner_.next_row(queue, after); });
  }
  Status put_fifo_row(const Row& row) override {
    return failures_.call([&] { return inner_.put_fifo_row(row); });
  }
  Result<std::optional<Row>> find_fifo(QueueId queue, MessageId id) override {
    return failures_.call([&] { return inner_.find_fifo(queue, id); });
  }
  Status remove_fifo_row(const Row& row) override {
    return failures_.call([&] { return inner_.remove_fifo_row(row); });
  }
  Result<std::vector<Row>> group_rows(QueueId queue, const std::string& group, int limit) override {
    return failures_.call([&] { return inner_.group_rows(queue, group, limit); });
  }
  Result<std::optional<WallTime>> group_locked_until(QueueId queue, const std::string& group) override {
    return failures_.call([&] { return inner_.group_locked_until(queue, group); });
  }
  Status put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                   std::optional<WallTime> after) override {
    return failures_.call([&] { return inner_.put_group(queue, group, before, after); });
  }
  Result<std::vector<store::MessageGroup>> groups(QueueId queue, WallTime until, int limit) override {
    return failures_.call([&] { return inner_.groups(queue, until, limit); });
  }
  Result<std::optional<WallTime>> next_group(QueueId queue, WallTime after) override {
    return failures_.call([&] { return inner_.next_group(queue, after); });
  }
  Result<std::optional<Sending>> sending(QueueId queue, const std::string& key) override {
    return failures_.call([&] { return inner_.sending(queue, key); });
  }
  Status put_sending(QueueId queue, const std::string& key, const Sending& sending) override {
    return failures_.call([&] { return inner_.put_sending(queue, key, sending); });
  }
  Result<std::int64_t> sweep_sendings(WallTime before, int limit) override {
    return failures_.call([&] { return inner_.sweep_sendings(before, limit); });
  }
  Result<std::int64_t> count_in_flight(QueueId queue, bool fifo, WallTime now) override {
    return failures_.call([&] { return inner_.count_in_flight(queue, fifo, now); });
  }
  Result<std::vector<Row>> any_rows(QueueId queue, bool fifo, MessageId before, int limit) override {
    return failures_.call([&] { return inner_.any_rows(queue, fifo, before, limit); });
  }
  Status forget_queue(QueueId queue) override {
    return failures_.call([&] { return inner_.forget_queue(queue); });
  }

 private:
  store::Messages& inner_;
  Failures& failures_;
};

}  // namespace waybill::testing
