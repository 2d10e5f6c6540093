// Payloads and their deliveries on the writing connection: the hot path.
#pragma once

#include "store/engine.h"
#include "store/sqlite/pending_payloads.h"
#include "store/sqlite/sequence.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

class SqlitePayloads final : public Payloads {
 public:
  SqlitePayloads(Database& database, Sequence& sequence, PendingPayloads& pending);

  Status insert(const Payload& payload) override { return insert_into(insert_, payload); }
  Status insert_archived(const Payload& payload) override { return insert_into(insert_archived_, payload); }
  // May answer that it looked at nothing (no rows, `last` = `after`) while it still reads which payloads are needed:
  // the next call goes on from there.
  Result<Swept> sweep(PayloadId after, PayloadId before, int limit) override;

 private:
  Status insert_into(Statement& insert, const Payload& payload);
  Result<std::vector<PayloadId>> page(PayloadId after, PayloadId before, int limit);
  Status remove_between(PayloadId lower, PayloadId upper, Swept& swept);  // both exclusive

  Database& database_;
  Sequence& sequence_;
  PendingPayloads& pending_;
  PayloadId last_;  // where the latest sweep ended
  Statement insert_;
  Statement insert_archived_;
  Statement ids_;
  Statement remove_;
};

class SqliteDeliveries final : public Deliveries {
 public:
  SqliteDeliveries(Database& database, Sequence& sequence, PendingPayloads& pending);

  Status insert(const Delivery& delivery) override;
  Result<bool> remove(const DeliveryKey& key, int attempts) override;
  Result<bool> reschedule(const DeliveryKey& key, int attempts, WallTime due, const std::string& error) override;

 private:
  Database& database_;
  Sequence& sequence_;
  PendingPayloads& pending_;
  Statement insert_;
  Statement remove_;
  Statement reschedule_;
};

}  // namespace waybill::store::sqlite
