// Resources, endpoints, settings; dead letters; history: the nouns off the hot path, on the writing connection.
#pragma once

#include "store/engine.h"
#include "store/sqlite/sequence.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(Database& database, Sequence& sequence);
  Status put(const Resource& resource) override;
  Status remove(const ResourceKey& key) override;
  Status remove_unowned() override;
  Status put_endpoint(EndpointId id, const std::string& key) override;
  Status put_setting(const std::string& name, const std::string& value) override;

 private:
  Sequence& sequence_;
  Statement put_;
  Statement remove_;
  Statement remove_unowned_;
  Statement put_endpoint_;
  Statement put_setting_;
};

class SqliteDeadLetters final : public DeadLetters {
 public:
  SqliteDeadLetters(Database& database, Sequence& sequence);
  Status insert(const DeadLetter& letter) override;
  Result<bool> remove(DeadLetterId id) override;
  Result<std::int64_t> sweep(WallTime before, int limit) override;

 private:
  Database& database_;
  Sequence& sequence_;
  Statement insert_;
  Statement remove_;
  Statement sweep_;
};

class SqliteHistory final : public History {
 public:
  explicit SqliteHistory(Database& database);
  Status append(const AppendHistory& line) override;
  // Lines go from the oldest on, up to the first that is to stay.
  Result<std::int64_t> sweep(WallTime before, std::int64_t keep, int limit) override;

 private:
  Database& database_;
  Statement append_;
  Statement newest_;
  Statement oldest_;
  Statement remove_;
};

}  // namespace waybill::store::sqlite
