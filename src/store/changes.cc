#include "store/changes.h"

#include <algorithm>

#include "store/apply.h"

namespace waybill::store {

namespace {

std::size_t weight_at_depth(const Changes& changes, int depth);

// The bytes that hang on a change outside of its own struct.
class HeldBytes {
 public:
  explicit HeldBytes(int depth) : depth_(depth) {}

  std::size_t operator()(const InsertPayload& change) const {
    if (!change.payload) return 0;
    return sizeof(Payload) + change.payload->origin.size() + change.payload->body.size();
  }
  std::size_t operator()(const InsertDelivery& change) const { return change.delivery.last_error.size(); }
  std::size_t operator()(const RescheduleDelivery& change) const { return change.error.size(); }
  std::size_t operator()(const InsertDeadLetter& change) const {
    const DeadLetter& letter = change.letter;
    return letter.origin.size() + letter.body.size() + letter.event_id.size() + letter.rule_arn.size() +
           letter.target_arn.size() + letter.error_code.size() + letter.error_message.size() +
           letter.exhausted_condition.size();
  }
  std::size_t operator()(const PutItem& change) const {
    std::size_t bytes = change.row.pk.size() + change.row.sk.size() + change.row.body.size();
    for (const auto& key : change.row.index_keys) bytes += sizeof(key) + (key ? key->pk.size() + key->sk.size() : 0);
    return bytes + alternative(change.alternative);
  }
  std::size_t operator()(const DeleteItem& change) const {
    return change.pk.size() + change.sk.size() + alternative(change.alternative);
  }
  std::size_t operator()(const CheckItem& change) const { return change.pk.size() + change.sk.size(); }
  std::size_t operator()(const PutTable& change) const {
    return change.spec.name.size() + change.spec.arn.size() + change.spec.indexes.size() * sizeof(IndexSpec);
  }
  std::size_t operator()(const PutResource& change) const {
    return (*this)(DeleteResource{change.resource.key}) + change.resource.owner.size() + change.resource.body.size() +
           change.resource.state.size();
  }
  std::size_t operator()(const DeleteResource& change) const {
    return change.key.account.size() + change.key.region.size() + change.key.kind.size() + change.key.name.size();
  }
  std::size_t operator()(const PutEndpoint& change) const { return change.key.size(); }
  std::size_t operator()(const PutSetting& change) const { return change.name.size() + change.value.size(); }
  std::size_t operator()(const AppendHistory& change) const {
    return change.event_id.size() + change.outcome.size() + change.detail.size();
  }
  std::size_t operator()(const SendMessage& change) const {
    if (!change.message) return 0;
    const Message& message = *change.message;
    return sizeof(Message) + message.body.size() + message.attributes.size() + message.group.size() +
           message.dedup.size() + change.dedup_key.size();
  }
  std::size_t operator()(const MoveMessages& change) const {
    return change.routes.size() * sizeof(MoveMessages::Route) + change.ids.size() * sizeof(MessageId);
  }
  template <class Flat>
  std::size_t operator()(const Flat&) const {
    return 0;
  }

 private:
  std::size_t alternative(const std::shared_ptr<const Changes>& changes) const {
    return changes ? weight_at_depth(*changes, depth_ + 1) : 0;
  }

  int depth_;
};

std::size_t weight_at_depth(const Changes& changes, int depth) {
  // Deeper ones are refused when applied; here they must only not exhaust the stack.
  if (depth > kMaxAlternativeDepth) return 0;
  std::size_t bytes = sizeof(Changes) + changes.list.size() * sizeof(Change);
  for (const Change& change : changes.list) bytes += std::visit(HeldBytes(depth), change);
  return bytes;
}

}  // namespace

bool clears(const Changes& changes) {
  return std::ranges::any_of(changes.list, [](const Change& change) {
    return std::holds_alternative<ResetAll>(change) || std::holds_alternative<DropArchive>(change);
  });
}

void arrivals(const Changes& changes, const std::vector<ChangeResult>& results, std::vector<QueueId>& queues) {
  for (std::size_t i = 0; i < changes.list.size(); ++i) {
    const Change& change = changes.list[i];
    if (const auto* send = std::get_if<SendMessage>(&change)) queues.push_back(send->queue);
    if (const auto* visibility = std::get_if<ChangeVisibility>(&change)) queues.push_back(visibility->fence.queue);
    // What was deleted may have locked its group.
    const auto* remove = std::get_if<DeleteMessage>(&change);
    if (remove && remove->fifo) queues.push_back(remove->fence.queue);
    const auto* receive = std::get_if<ReceiveMessages>(&change);
    if (receive && std::get<MessagesReceived>(results[i]).redriven > 0) queues.push_back(receive->redrive->dlq);
    if (std::holds_alternative<MoveMessages>(change)) {
      const auto& to = std::get<MessagesMoved>(results[i]).to;
      queues.insert(queues.end(), to.begin(), to.end());
    }
  }
}

std::size_t weight(const Changes& changes) { return weight_at_depth(changes, 0); }

}  // namespace waybill::store
