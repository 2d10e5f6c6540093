#include "support/failing_engine.h"

#include <optional>
#include <utility>

#include "support/failing_messages.h"

namespace waybill::testing {

namespace {

using namespace store;

class Failures {
 public:
  explicit Failures(std::shared_ptr<FailurePlan> plan) : plan_(std::move(plan)) {}

  // The call, or the error in its place.
  template <class F>
  auto call(F&& f) -> decltype(f()) {
    const std::int64_t number = ++plan_->calls;
    const bool over = plan_->works_again_at > 0 && number >= plan_->works_again_at;
    const bool again = plan_->kind == FailurePlan::Kind::stays_full && number > plan_->fail_at && !over;
    if (plan_->fail_at == 0 || (number != plan_->fail_at && !again)) return std::forward<F>(f)();
    ++plan_->failures;
    if (poisonous()) return Error{ErrorCode::io, "injected: the sync failed"};
    return Error{ErrorCode::unavailable, "injected: the disk is full"};
  }
  bool poisonous() const { return plan_->kind == FailurePlan::Kind::failed_sync; }

 private:
  std::shared_ptr<FailurePlan> plan_;
};

class FailingPayloads final : public Payloads {
 public:
  FailingPayloads(Payloads& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status insert(const Payload& payload) override {
    return failures_.call([&] { return inner_.insert(payload); });
  }
  Status insert_archived(const Payload& payload) override {
    return failures_.call([&] { return inner_.insert_archived(payload); });
  }
  Result<Swept> sweep(PayloadId after, PayloadId before, int limit) override {
    return failures_.call([&] { return inner_.sweep(after, before, limit); });
  }

 private:
  Payloads& inner_;
  Failures& failures_;
};

class FailingDeliveries final : public Deliveries {
 public:
  FailingDeliveries(Deliveries& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status insert(const Delivery& delivery) override {
    return failures_.call([&] { return inner_.insert(delivery); });
  }
  Result<bool> remove(const DeliveryKey& key, int attempts) override {
    return failures_.call([&] { return inner_.remove(key, attempts); });
  }
  Result<bool> reschedule(const DeliveryKey& key, int attempts, WallTime due, const std::string& error) override {
    return failures_.call([&] { return inner_.reschedule(key, attempts, due, error); });
  }

 private:
  Deliveries& inner_;
  Failures& failures_;
};

class FailingItems final : public Items {
 public:
  FailingItems(Items& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status put_table(const TableSpec& spec) override {
    return failures_.call([&] { return inner_.put_table(spec); });
  }
  Status drop_table(TableId table) override {
    return failures_.call([&] { return inner_.drop_table(table); });
  }
  Status clear_table(TableId table) override {
    return failures_.call([&] { return inner_.clear_table(table); });
  }
  bool has_table(TableId table) const override { return inner_.has_table(table); }
  Result<std::int64_t> version(TableId table, const std::string& pk, const std::string& sk) override {
    return failures_.call([&] { return inner_.version(table, pk, sk); });
  }
  Result<std::int64_t> put(TableId table, const ItemRow& row) override {
    return failures_.call([&] { return inner_.put(table, row); });
  }
  Result<std::int64_t> insert(TableId table, const ItemRow& row) override {
    return failures_.call([&] { return inner_.insert(table, row); });
  }
  Result<bool> remove(TableId table, const std::string& pk, const std::string& sk) override {
    return failures_.call([&] { return inner_.remove(table, pk, sk); });
  }
  Result<std::int64_t> sweep_expired(TableId table, std::int64_t now_seconds, int limit) override {
    return failures_.call([&] { return inner_.sweep_expired(table, now_seconds, limit); });
  }

 private:
  Items& inner_;
  Failures& failures_;
};

class FailingCatalog final : public Catalog {
 public:
  FailingCatalog(Catalog& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status put(const Resource& resource) override {
    return failures_.call([&] { return inner_.put(resource); });
  }
  Status remove(const ResourceKey& key) override {
    return failures_.call([&] { return inner_.remove(key); });
  }
  Status remove_unowned() override {
    return failures_.call([&] { return inner_.remove_unowned(); });
  }
  Status put_endpoint(EndpointId id, const std::string& key) override {
    return failures_.call([&] { return inner_.put_endpoint(id, key); });
  }
  Status put_setting(const std::string& name, const std::string& value) override {
    return failures_.call([&] { return inner_.put_setting(name, value); });
  }

 private:
  Catalog& inner_;
  Failures& failures_;
};

class FailingDeadLetters final : public DeadLetters {
 public:
  FailingDeadLetters(DeadLetters& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status insert(const DeadLetter& letter) override {
    return failures_.call([&] { return inner_.insert(letter); });
  }
  Result<bool> remove(DeadLetterId id) override {
    return failures_.call([&] { return inner_.remove(id); });
  }
  Result<std::int64_t> sweep(WallTime before, int limit) override {
    return failures_.call([&] { return inner_.sweep(before, limit); });
  }

 private:
  DeadLetters& inner_;
  Failures& failures_;
};

class FailingArchives final : public Archives {
 public:
  FailingArchives(Archives& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status insert(const ArchiveEvent& event) override {
    return failures_.call([&] { return inner_.insert(event); });
  }
  Result<Swept> sweep(ArchiveId archive, WallTime before, int limit) override {
    return failures_.call([&] { return inner_.sweep(archive, before, limit); });
  }
  Result<Swept> drop(ArchiveId archive, int limit) override {
    return failures_.call([&] { return inner_.drop(archive, limit); });
  }

 private:
  Archives& inner_;
  Failures& failures_;
};

class FailingHistory final : public History {
 public:
  FailingHistory(History& inner, Failures& failures) : inner_(inner), failures_(failures) {}
  Status append(const AppendHistory& line) override {
    return failures_.call([&] { return inner_.append(line); });
  }
  Result<std::int64_t> sweep(WallTime before, std::int64_t keep, int limit) override {
    return failures_.call([&] { return inner_.sweep(before, keep, limit); });
  }

 private:
  History& inner_;
  Failures& failures_;
};

class FailingEngine final : public Engine {
 public:
  FailingEngine(std::unique_ptr<Engine> inner, std::shared_ptr<FailurePlan> plan)
      : inner_(std::move(inner)), failures_(std::move(plan)) {}

  Status begin(Durability durability) override {
    return failures_.call([&] { return inner_->begin(durability); });
  }
  Status commit() override {
    return failures_.call([&] { return inner_->commit(); });
  }
  void rollback() override { inner_->rollback(); }
  Status savepoint() override {
    return failures_.call([&] { return inner_->savepoint(); });
  }
  Status release_savepoint() override {
    return failures_.call([&] { return inner_->release_savepoint(); });
  }
  Status rollback_to_savepoint() override {
    return failures_.call([&] { return inner_->rollback_to_savepoint(); });
  }
  Payloads& payloads() override { return payloads_; }
  Deliveries& deliveries() override { return deliveries_; }
  Items& items() override { return items_; }
  Catalog& catalog() override { return catalog_; }
  DeadLetters& dead_letters() override { return dead_letters_; }
  Archives& archives() override { return archives_; }
  Messages& messages() override { return messages_; }
  History& history() override { return history_; }
  Status clear_data() override {
    return failures_.call([&] { return inner_->clear_data(); });
  }
  std::vector<TableId> tables() const override { return inner_->tables(); }
  Result<std::int64_t> generation() override {
    return failures_.call([&] { return inner_->generation(); });
  }
  Result<std::int64_t> log_position() override {
    return failures_.call([&] { return inner_->log_position(); });
  }
  Status set_log_position(std::int64_t number) override {
    return failures_.call([&] { return inner_->set_log_position(number); });
  }
  Result<std::int64_t> log_identity() override {
    return failures_.call([&] { return inner_->log_identity(); });
  }
  Result<std::int64_t> log_run() override {
    return failures_.call([&] { return inner_->log_run(); });
  }
  Status set_log_run(std::int64_t run) override {
    return failures_.call([&] { return inner_->set_log_run(run); });
  }
  Status set_generation(std::int64_t generation) override {
    return failures_.call([&] { return inner_->set_generation(generation); });
  }
  Result<std::int64_t> highest_sequence() override {
    return failures_.call([&] { return inner_->highest_sequence(); });
  }
  std::int64_t wal_bytes() const override { return inner_->wal_bytes(); }
  Status checkpoint() override {
    return failures_.call([&] { return inner_->checkpoint(); });
  }
  bool poisons(const Error& error) const override {
    if (error.message.starts_with("injected: ")) return failures_.poisonous();
    return inner_->poisons(error);
  }

 private:
  std::unique_ptr<Engine> inner_;
  Failures failures_;
  FailingPayloads payloads_{inner_->payloads(), failures_};
  FailingDeliveries deliveries_{inner_->deliveries(), failures_};
  FailingItems items_{inner_->items(), failures_};
  FailingCatalog catalog_{inner_->catalog(), failures_};
  FailingDeadLetters dead_letters_{inner_->dead_letters(), failures_};
  FailingArchives archives_{inner_->archives(), failures_};
  FailingMessages<Failures> messages_{inner_->messages(), failures_};
  FailingHistory history_{inner_->history(), failures_};
};

}  // namespace

std::unique_ptr<Engine> make_failing_engine(std::unique_ptr<Engine> inner, std::shared_ptr<FailurePlan> plan) {
  return std::make_unique<FailingEngine>(std::move(inner), std::move(plan));
}

}  // namespace waybill::testing
