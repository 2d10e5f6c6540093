// Messages and a queue for the conformance checks of MessageRules: each call in a transaction of its own.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "store/apply_messages.h"
#include "support/conformance_rows.h"

namespace waybill::testing::rule_queue {

using namespace store;
using Numbers = std::vector<std::int64_t>;
using State = MessageTouched::State;

inline constexpr QueueId kQueue{7};
inline constexpr QueueId kOther{8};

inline MessagePtr message(std::int64_t id, std::int64_t sent_at = 0, std::string group = "") {
  Message made;
  made.id = {id};
  made.body = "body " + std::to_string(id);
  made.attributes = "{\"a\":1}";
  made.group = std::move(group);
  made.dedup = "dedup";
  made.sender = "sender";
  made.trace_header = "trace";
  made.sent_at = from_millis(sent_at);
  return std::make_shared<const Message>(std::move(made));
}

// The rules over an engine, each call in a transaction of its own.
class Queue {
 public:
  explicit Queue(EngineHarness& store, QueueId id = kQueue, bool fifo = false) : store_(store), id_(id), fifo_(fifo) {}

  // In a transaction of its own.
  template <class F>
  auto run(F&& f) -> typename std::invoke_result_t<F, MessageRules&>::value_type {
    std::invoke_result_t<F, MessageRules&> answer = Error{};
    in_transaction(store_.engine(), [&] {
      MessageRules rules(store_.engine().messages());
      answer = f(rules);
    });
    return value_of(std::move(answer));
  }

  void send(std::int64_t id, std::int64_t at = 0, std::string group = "", std::int64_t delay = 0) {
    SendMessage change{id_, fifo_, message(id, at, std::move(group)), from_millis(at + delay), "", {}};
    run([&](MessageRules& rules) { return rules.send(change); });
  }
  MessageSent send_once(std::int64_t id, std::string key, std::int64_t at) {
    SendMessage change{id_, true, message(id, at, "g"), from_millis(at), std::move(key), from_millis(at - 300)};
    return run([&](MessageRules& rules) { return rules.send(change); });
  }
  MessagesReceived receive(std::int64_t now, int limit = 10, std::int64_t timeout = 30,
                           std::optional<Redrive> redrive = {}, std::int64_t retained_since = -1'000'000) {
    ReceiveMessages change;
    change.queue = id_;
    change.fifo = fifo_;
    change.limit = limit;
    change.now = from_millis(now);
    change.visible_at = from_millis(now + timeout);
    change.retained_since = from_millis(retained_since);
    change.redrive = redrive;
    return run([&](MessageRules& rules) { return rules.receive(change); });
  }
  State remove(const MessageFence& fence, std::int64_t now = 0) {
    DeleteMessage change{fence, fifo_, from_millis(now), false};
    return run([&](MessageRules& rules) { return rules.remove(change); }).state;
  }
  State change(const MessageFence& fence, std::int64_t now, std::int64_t visible_at) {
    ChangeVisibility change{fence, fifo_, from_millis(now), from_millis(visible_at)};
    return run([&](MessageRules& rules) { return rules.change_visibility(change); }).state;
  }
  MessageCounts counts(std::int64_t now) {
    return value_of(store_.reader()->message_counts({{id_, fifo_}}, from_millis(now))).front();
  }

 private:
  EngineHarness& store_;
  QueueId id_;
  bool fifo_;
};

inline Numbers ids(const MessagesReceived& received) {
  Numbers numbers;
  for (const auto& each : received.messages) numbers.push_back(each.message->id.value);
  return numbers;
}

}  // namespace waybill::testing::rule_queue
