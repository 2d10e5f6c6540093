#include "support/model_engine.h"

#include <algorithm>

namespace waybill::testing {

using store::ItemRow;
using store::Swept;

Status ModelEngine::begin(store::Durability durability) {
  if (in_transaction_) return internal("begin inside a transaction");
  in_transaction_ = true;
  durability_ = durability;
  return {};
}

Status ModelEngine::commit() {
  if (!in_transaction_) return internal("commit without a transaction");
  disk_->set(std::make_shared<const ModelState>(working_), durability_);
  in_transaction_ = false;
  savepoint_.reset();
  wal_bytes_ += 100;
  return {};
}

void ModelEngine::rollback() {
  working_ = *disk_->state();
  in_transaction_ = false;
  savepoint_.reset();
}

Status ModelEngine::savepoint() {
  if (!in_transaction_ || savepoint_) return internal("a savepoint outside of a transaction or in another one");
  savepoint_ = working_;
  return {};
}

Status ModelEngine::release_savepoint() {
  if (!savepoint_) return internal("there is no savepoint to release");
  savepoint_.reset();
  return {};
}

Status ModelEngine::rollback_to_savepoint() {
  if (!savepoint_) return internal("there is no savepoint to roll back to");
  working_ = std::move(*savepoint_);
  savepoint_.reset();
  return {};
}

Status ModelEngine::clear_data() {
  working_.payloads.clear();
  working_.deliveries.clear();
  working_.dead_letters.clear();
  working_.history.clear();
  working_.archives.clear();
  working_.messages.clear();
  working_.message_rows.clear();
  working_.fifo_rows.clear();
  working_.groups.clear();
  working_.sendings.clear();
  return {};
}

std::vector<TableId> ModelEngine::tables() const {
  std::vector<TableId> ids;
  for (const auto& [id, table] : working_.tables) ids.push_back(id);
  return ids;
}

Status ModelEngine::set_generation(std::int64_t generation) {
  working_.generation = generation;
  return {};
}

Status ModelEngine::set_log_run(std::int64_t run) {
  working_.log_run = run;
  return {};
}

Status ModelEngine::set_log_position(std::int64_t number) {
  working_.log_position = number;
  return {};
}

Result<std::int64_t> ModelEngine::highest_sequence() {
  std::int64_t highest = 0;
  if (!working_.payloads.empty()) highest = std::max(highest, working_.payloads.rbegin()->first.value);
  for (const auto& [key, delivery] : working_.deliveries) highest = std::max(highest, key.id.value);
  if (!working_.dead_letters.empty()) highest = std::max(highest, working_.dead_letters.rbegin()->first.value);
  if (!working_.messages.empty()) highest = std::max(highest, working_.messages.rbegin()->first.value);
  return highest;
}

Status ModelEngine::checkpoint() {
  if (in_transaction_) return internal("checkpoint inside a transaction");
  wal_bytes_ = 0;
  return {};
}

// --- payloads

Status ModelEngine::insert(const Payload& payload) {
  const bool is_new = working_.payloads.try_emplace(payload.id, std::make_shared<const Payload>(payload)).second;
  if (!is_new) return Error{ErrorCode::conflict, "there is a payload with that id"};
  return {};
}

Result<Swept> ModelEngine::sweep(PayloadId after, PayloadId before, int limit) {
  Swept swept{0, after, false};
  auto at = working_.payloads.upper_bound(after);
  for (int looked_at = 0; looked_at < limit && at != working_.payloads.end() && at->first < before; ++looked_at) {
    const PayloadId id = at->first;
    swept.last = id;
    if (needed(id)) {
      ++at;
    } else {
      at = working_.payloads.erase(at);
      ++swept.rows;
    }
  }
  swept.more = at != working_.payloads.end() && at->first < before;
  return swept;
}

bool ModelEngine::needed(PayloadId payload) const {
  return std::any_of(working_.deliveries.begin(), working_.deliveries.end(),
                     [&](const auto& entry) { return entry.second.payload == payload; }) ||
         std::any_of(working_.archives.begin(), working_.archives.end(), [&](const auto& archive) {
           return std::any_of(archive.second.begin(), archive.second.end(),
                              [&](const auto& entry) { return entry.second.payload == payload; });
         });
}

// --- deliveries

Status ModelEngine::insert(const Delivery& delivery) {
  if (!working_.deliveries.try_emplace(delivery.key, delivery).second) {
    return Error{ErrorCode::conflict, "there is a delivery with that key"};
  }
  return {};
}

Result<bool> ModelEngine::remove(const DeliveryKey& key, int attempts) {
  const auto found = working_.deliveries.find(key);
  if (found == working_.deliveries.end() || found->second.attempts != attempts) return false;
  working_.deliveries.erase(found);
  return true;
}

Result<bool> ModelEngine::reschedule(const DeliveryKey& key, int attempts, WallTime due, const std::string& error) {
  const auto found = working_.deliveries.find(key);
  if (found == working_.deliveries.end() || found->second.attempts != attempts) return false;
  Delivery moved = found->second;
  moved.key.due = due;
  if (moved.key != key && working_.deliveries.contains(moved.key)) {
    return Error{ErrorCode::conflict, "there is a delivery with that key"};
  }
  moved.attempts += 1;
  moved.last_error = error;
  working_.deliveries.erase(found);
  working_.deliveries[moved.key] = moved;
  return true;
}

// --- items

Result<ModelTable*> ModelEngine::table_for(TableId table) {
  const auto found = working_.tables.find(table);
  if (found == working_.tables.end()) return not_found("there is no table with id " + std::to_string(table.value));
  return &found->second;
}

Result<ModelTable*> ModelEngine::table_for(TableId table, const ItemRow& row) {
  WAYBILL_TRY(ModelTable * found, table_for(table));
  if (row.index_keys.size() != found->spec.indexes.size()) {
    return invalid("an item needs one index key, or the lack of it, for each index of its table");
  }
  return found;
}

Status ModelEngine::put_table(const TableSpec& spec) {
  ModelTable& table = working_.tables[spec.id];
  const bool same_keys = table.spec.key == spec.key && table.spec.indexes == spec.indexes;
  if (!table.rows.empty() && !same_keys) {
    return invalid("table " + spec.name + " holds items; its keys and indexes cannot change");
  }
  table.spec = spec;
  return {};
}

Status ModelEngine::drop_table(TableId table) {
  working_.tables.erase(table);
  return {};
}

Status ModelEngine::clear_table(TableId table) {
  WAYBILL_TRY(ModelTable * found, table_for(table));
  found->rows.clear();
  return {};
}

Result<std::int64_t> ModelEngine::version(TableId table, const std::string& pk, const std::string& sk) {
  WAYBILL_TRY(ModelTable * found, table_for(table));
  const auto row = found->rows.find({pk, sk});
  return row == found->rows.end() ? 0 : row->second.version;
}

Result<std::int64_t> ModelEngine::put(TableId table, const ItemRow& row) {
  WAYBILL_TRY(ModelTable * found, table_for(table, row));
  ItemRow& stored = found->rows[{row.pk, row.sk}];
  stored = row;
  stored.version = ++working_.last_version;
  return stored.version;
}

Result<std::int64_t> ModelEngine::insert(TableId table, const ItemRow& row) {
  WAYBILL_TRY(ModelTable * found, table_for(table, row));
  if (found->rows.contains({row.pk, row.sk})) return 0;
  return put(table, row);
}

Result<bool> ModelEngine::remove(TableId table, const std::string& pk, const std::string& sk) {
  WAYBILL_TRY(ModelTable * found, table_for(table));
  return found->rows.erase({pk, sk}) == 1;
}

Result<std::int64_t> ModelEngine::sweep_expired(TableId table, std::int64_t now_seconds, int limit) {
  WAYBILL_TRY(ModelTable * found, table_for(table));
  std::int64_t gone = 0;
  while (gone < limit) {
    auto oldest = found->rows.end();
    for (auto row = found->rows.begin(); row != found->rows.end(); ++row) {
      const auto& expires = row->second.expires_at;
      if (!expires || *expires > now_seconds) continue;
      if (oldest == found->rows.end() || *expires < *oldest->second.expires_at) oldest = row;
    }
    if (oldest == found->rows.end()) break;
    found->rows.erase(oldest);
    ++gone;
  }
  return gone;
}

// --- catalog

Status ModelEngine::put(const Resource& resource) {
  working_.resources[resource.key] = resource;
  return {};
}

Status ModelEngine::remove(const ResourceKey& key) {
  working_.resources.erase(key);
  return {};
}

Status ModelEngine::remove_unowned() {
  std::erase_if(working_.resources, [](const auto& entry) { return entry.second.owner.empty(); });
  return {};
}

Status ModelEngine::put_endpoint(EndpointId id, const std::string& key) {
  for (const auto& [known_id, known_key] : working_.endpoints) {
    if (known_key == key) return {};
  }
  if (!working_.endpoints.try_emplace(id, key).second) {
    return Error{ErrorCode::conflict, "the endpoint number belongs to another key"};
  }
  return {};
}

Status ModelEngine::put_setting(const std::string& name, const std::string& value) {
  working_.settings[name] = value;
  return {};
}

// --- dead letters

Status ModelEngine::insert(const DeadLetter& letter) {
  if (!working_.dead_letters.try_emplace(letter.id, letter).second) {
    return Error{ErrorCode::conflict, "there is a dead letter with that id"};
  }
  return {};
}

Result<bool> ModelEngine::remove(DeadLetterId id) { return working_.dead_letters.erase(id) == 1; }

Result<std::int64_t> ModelEngine::sweep(WallTime before, int limit) {
  std::int64_t gone = 0;
  std::erase_if(working_.dead_letters, [&](const auto& entry) {
    const bool goes = gone < limit && entry.second.dead_at < before;
    gone += goes ? 1 : 0;
    return goes;
  });
  return gone;
}

// --- archives and history

Status ModelEngine::insert(const store::ArchiveEvent& event) {
  if (!working_.archives[event.archive].try_emplace({event.event_time, event.payload}, event).second) {
    return Error{ErrorCode::conflict, "the archive holds that payload already"};
  }
  return {};
}

Result<Swept> ModelEngine::sweep(ArchiveId archive, WallTime before, int limit) {
  const auto found = working_.archives.find(archive);
  if (found == working_.archives.end()) return Swept{};
  auto& events = found->second;
  Swept swept;
  while (swept.rows < limit && !events.empty()) {
    const auto oldest = std::min_element(events.begin(), events.end(), [](const auto& a, const auto& b) {
      return a.second.archived_at < b.second.archived_at;
    });
    if (oldest->second.archived_at >= before) break;
    events.erase(oldest);
    ++swept.rows;
  }
  swept.more = swept.rows == limit;
  return swept;
}

Result<Swept> ModelEngine::drop(ArchiveId archive, int limit) {
  WAYBILL_TRY(const Swept swept, sweep(archive, WallTime::max(), limit));
  if (!swept.more) working_.archives.erase(archive);
  return swept;
}

Status ModelEngine::append(const store::AppendHistory& line) {
  working_.history.push_back(line);
  return {};
}

Result<std::int64_t> ModelEngine::sweep(WallTime before, std::int64_t keep, int limit) {
  std::int64_t gone = 0;
  auto& lines = working_.history;
  while (gone < limit && !lines.empty() &&
         (lines.front().at < before || static_cast<std::int64_t>(lines.size()) > keep)) {
    lines.pop_front();
    ++gone;
  }
  return gone;
}

}  // namespace waybill::testing
