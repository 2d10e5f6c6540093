// The engine seam over std::map: obviously correct, and slow with much data, since every transaction copies the state.
// What another engine does differently is that engine's bug, or a hole in the conformance suite.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/engine.h"
#include "store/reader.h"

namespace waybill::testing {

struct ModelTable {
  TableSpec spec;
  std::map<std::pair<std::string, std::string>, store::ItemRow> rows;  // by (pk, sk)
};

struct ModelState {
  std::map<PayloadId, PayloadPtr> payloads;
  std::map<DeliveryKey, Delivery> deliveries;
  std::map<TableId, ModelTable> tables;
  std::map<ResourceKey, Resource> resources;
  std::map<EndpointId, std::string> endpoints;
  std::map<std::string, std::string> settings;
  std::map<DeadLetterId, DeadLetter> dead_letters;
  std::map<ArchiveId, std::map<store::ArchiveQuery::Position, store::ArchiveEvent>> archives;
  using MessageRows = std::map<std::pair<QueueId, MessageId>, store::MessageRow>;
  std::map<MessageId, MessagePtr> messages;
  MessageRows message_rows, fifo_rows;
  std::set<std::tuple<QueueId, WallTime, std::string>> groups;
  std::map<std::pair<QueueId, std::string>, store::Messages::Sending> sendings;
  std::deque<store::AppendHistory> history;  // oldest first
  std::int64_t generation = 1;
  std::int64_t last_version = 0;
  std::int64_t log_position = 0;
  std::int64_t log_run = 0;
};

// The committed state: what a disk is to a real engine. It outlives the engine, so a test can open it again.
// Thread-safe.
class ModelDisk {
 public:
  std::shared_ptr<const ModelState> state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  void set(std::shared_ptr<const ModelState> state, store::Durability durability = store::Durability::synced) {
    const std::lock_guard lock(mutex_);
    if (durability == store::Durability::synced) synced_ = state;
    state_ = std::move(state);
  }
  // What no synced commit covers is gone.
  void lose_power() {
    const std::lock_guard lock(mutex_);
    state_ = synced_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ModelState> state_ = std::make_shared<ModelState>();  // guarded by mutex_
  std::shared_ptr<const ModelState> synced_ = state_;                         // guarded by mutex_
};

class ModelEngine final : public store::Engine,
                          private store::Payloads,
                          private store::Deliveries,
                          private store::Items,
                          private store::Catalog,
                          private store::DeadLetters,
                          private store::Archives,
                          private store::Messages,
                          private store::History {
 public:
  explicit ModelEngine(std::shared_ptr<ModelDisk> disk) : disk_(std::move(disk)), working_(*disk_->state()) {}

  Status begin(store::Durability durability) override;
  Status commit() override;
  void rollback() override;
  Status savepoint() override;
  Status release_savepoint() override;
  Status rollback_to_savepoint() override;

  store::Payloads& payloads() override { return *this; }
  store::Deliveries& deliveries() override { return *this; }
  store::Items& items() override { return *this; }
  store::Catalog& catalog() override { return *this; }
  store::DeadLetters& dead_letters() override { return *this; }
  store::Archives& archives() override { return *this; }
  store::Messages& messages() override { return *this; }
  store::History& history() override { return *this; }

  Status clear_data() override;
  std::vector<TableId> tables() const override;
  Result<std::int64_t> generation() override { return working_.generation; }
  Status set_generation(std::int64_t generation) override;
  Result<std::int64_t> highest_sequence() override;
  Result<std::int64_t> log_position() override { return working_.log_position; }
  Status set_log_position(std::int64_t number) override;
  Result<std::int64_t> log_identity() override { return 4711; }
  Result<std::int64_t> log_run() override { return working_.log_run; }
  Status set_log_run(std::int64_t run) override;
  std::int64_t wal_bytes() const override { return wal_bytes_; }
  Status checkpoint() override;
  bool poisons(const Error& error) const override { return error.code == ErrorCode::io; }

 private:
  Status insert(const Payload& payload) override;
  Status insert_archived(const Payload& payload) override { return insert(payload); }
  Result<store::Swept> sweep(PayloadId after, PayloadId before, int limit) override;

  Status insert(const Delivery& delivery) override;
  Result<bool> remove(const DeliveryKey& key, int attempts) override;
  Result<bool> reschedule(const DeliveryKey& key, int attempts, WallTime due, const std::string& error) override;

  Status put_table(const TableSpec& spec) override;
  Status drop_table(TableId table) override;
  Status clear_table(TableId table) override;
  bool has_table(TableId table) const override { return working_.tables.contains(table); }
  Result<std::int64_t> version(TableId table, const std::string& pk, const std::string& sk) override;
  Result<std::int64_t> put(TableId table, const store::ItemRow& row) override;
  Result<std::int64_t> insert(TableId table, const store::ItemRow& row) override;
  Result<bool> remove(TableId table, const std::string& pk, const std::string& sk) override;
  Result<std::int64_t> sweep_expired(TableId table, std::int64_t now_seconds, int limit) override;

  Status put(const Resource& resource) override;
  Status remove(const ResourceKey& key) override;
  Status remove_unowned() override;
  Status put_endpoint(EndpointId id, const std::string& key) override;
  Status put_setting(const std::string& name, const std::string& value) override;

  Status insert(const DeadLetter& letter) override;
  Result<bool> remove(DeadLetterId id) override;
  Result<std::int64_t> sweep(WallTime before, int limit) override;

  Status insert(const store::ArchiveEvent& event) override;
  Result<store::Swept> sweep(ArchiveId archive, WallTime before, int limit) override;
  Result<store::Swept> drop(ArchiveId archive, int limit) override;

  // model_messages.cc
  using MessageRows = std::vector<store::MessageRow>;
  Status insert(const Message& message) override;
  Result<MessagePtr> read(MessageId id) override;
  Status remove(MessageId id) override;
  Status insert_row(const store::MessageRow& row) override;
  Result<std::optional<store::MessageRow>> find(QueueId queue, MessageId id, WallTime visible_at) override;
  Status remove_row(const store::MessageRow& row) override;
  Result<bool> remove_at(const MessageFence& fence) override;
  Status move_row(const store::MessageRow& from, const store::MessageRow& to) override;
  Result<MessageRows> rows(QueueId queue, WallTime until, int limit) override;
  Result<std::optional<WallTime>> next_row(QueueId queue, WallTime after) override;
  Status put_fifo_row(const store::MessageRow& row) override;
  Result<std::optional<store::MessageRow>> find_fifo(QueueId queue, MessageId id) override;
  Status remove_fifo_row(const store::MessageRow& row) override;
  Result<std::optional<WallTime>> group_locked_until(QueueId queue, const std::string& group) override;
  Result<MessageRows> group_rows(QueueId queue, const std::string& group, int limit) override;
  Status put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                   std::optional<WallTime> after) override;
  Result<std::vector<store::MessageGroup>> groups(QueueId queue, WallTime until, int limit) override;
  Result<std::optional<WallTime>> next_group(QueueId queue, WallTime after) override;
  Result<std::optional<Sending>> sending(QueueId queue, const std::string& key) override;
  Status put_sending(QueueId queue, const std::string& key, const Sending& sending) override;
  Result<std::int64_t> sweep_sendings(WallTime before, int limit) override;
  Result<std::int64_t> count_in_flight(QueueId queue, bool fifo, WallTime now) override;
  Result<MessageRows> any_rows(QueueId queue, bool fifo, MessageId before, int limit) override;
  Status forget_queue(QueueId queue) override;

  Status append(const store::AppendHistory& line) override;
  Result<std::int64_t> sweep(WallTime before, std::int64_t keep, int limit) override;

  bool needed(PayloadId payload) const;
  Result<ModelTable*> table_for(TableId table);
  Result<ModelTable*> table_for(TableId table, const store::ItemRow& row);

  const std::shared_ptr<ModelDisk> disk_;
  ModelState working_;  // the committed state, outside of a transaction
  store::Durability durability_ = store::Durability::synced;
  bool in_transaction_ = false;
  std::optional<ModelState> savepoint_;
  std::int64_t wal_bytes_ = 0;  // 100 for a commit
};

class ModelReader final : public store::Reader {
 public:
  explicit ModelReader(std::shared_ptr<const ModelDisk> disk) : disk_(std::move(disk)) {}

  Result<std::optional<store::ItemRow>> get_item(TableId table, const std::string& pk, const std::string& sk) override;
  Result<store::ItemPage> query(const store::ItemQuery& query) override;
  Result<store::ItemPage> scan(TableId table, int limit, const std::optional<store::ItemQuery::Start>& start) override;
  Result<std::int64_t> count_items(TableId table) override;
  Result<std::optional<std::int64_t>> first_expiry(TableId table) override;
  Result<std::vector<Delivery>> deliveries(const DeliveryKey& after, WallTime until, int limit) override;
  Result<std::optional<Delivery>> next_delivery(const DeliveryKey& after) override;
  Result<std::vector<PayloadPtr>> payloads(const std::vector<PayloadId>& ids) override;
  Result<std::vector<store::EndpointRow>> endpoints() override;
  Result<std::vector<DeadLetter>> dead_letters(const store::DeadLetterFilter& filter) override;
  Result<std::optional<DeadLetter>> dead_letter(DeadLetterId id) override;
  Result<std::int64_t> count_dead_letters() override;
  Result<std::vector<store::ArchivedEvent>> archive_events(const store::ArchiveQuery& query) override;
  Result<store::ArchiveTotals> archive_totals(ArchiveId archive) override;
  Result<std::optional<WallTime>> oldest_archived(ArchiveId archive) override;
  Result<std::vector<store::ArchiveTotals>> archives() override;
  Result<std::vector<store::MessageCounts>> message_counts(const std::vector<store::CountedQueue>& queues,
                                                           WallTime now) override;
  Result<std::vector<store::StoredMessage>> messages(QueueId queue, bool fifo,
                                                     const std::optional<store::MessageRow>& after, int limit) override;
  Result<std::vector<QueueId>> queues() override;
  Result<std::vector<Resource>> resources() override;
  Result<std::vector<TableSpec>> tables() override;
  Result<std::optional<std::string>> setting(const std::string& name) override;
  Result<std::vector<store::AppendHistory>> history(int limit) override;

 private:
  const std::shared_ptr<const ModelDisk> disk_;
};

}  // namespace waybill::testing
