#include <algorithm>
#include <tuple>

#include "support/model_engine.h"

namespace waybill::testing {

using store::ItemPage;
using store::ItemQuery;
using store::ItemRow;

namespace {

// A row with the key it is ordered by: (index sk, pk, sk) in an index, (pk, sk) in the table itself.
struct Candidate {
  std::string index_pk, index_sk;  // "" in the table itself
  const ItemRow* row = nullptr;
  auto position() const { return std::tie(index_sk, row->pk, row->sk); }
};

Result<const ModelTable*> table_in(const ModelState& state, TableId table) {
  const auto found = state.tables.find(table);
  if (found == state.tables.end()) return not_found("there is no table with id " + std::to_string(table.value));
  return &found->second;
}

bool sort_key_matches(const ItemQuery& query, const std::string& sk) {
  return (!query.sk_from || sk >= *query.sk_from) && (!query.sk_to || sk <= *query.sk_to) &&
         (!query.sk_prefix || sk.starts_with(*query.sk_prefix));
}

ItemPage page_of(std::vector<Candidate> candidates, bool reverse, int limit,
                 const std::optional<ItemQuery::Start>& start) {
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.position() < b.position(); });
  if (reverse) std::reverse(candidates.begin(), candidates.end());
  ItemPage page;
  const Candidate* last = nullptr;
  for (const Candidate& candidate : candidates) {
    if (start) {
      const auto from = std::tie(start->index_sk, start->pk, start->sk);
      if (reverse ? candidate.position() >= from : candidate.position() <= from) continue;
    }
    if (static_cast<int>(page.rows.size()) == limit) {
      if (last) page.next = {last->index_pk, last->index_sk, last->row->pk, last->row->sk};
      break;
    }
    page.rows.push_back(*candidate.row);
    last = &candidate;
  }
  return page;
}

}  // namespace

Result<std::optional<ItemRow>> ModelReader::get_item(TableId table, const std::string& pk, const std::string& sk) {
  const auto state = disk_->state();
  WAYBILL_TRY(const ModelTable* found, table_in(*state, table));
  const auto row = found->rows.find({pk, sk});
  if (row == found->rows.end()) return std::optional<ItemRow>{};
  return std::optional<ItemRow>{row->second};
}

Result<ItemPage> ModelReader::query(const ItemQuery& query) {
  const auto state = disk_->state();
  WAYBILL_TRY(const ModelTable* table, table_in(*state, query.table));
  if (query.index && *query.index >= table->spec.indexes.size()) return invalid("the table has no such index");
  std::vector<Candidate> candidates;
  for (const auto& [key, row] : table->rows) {
    if (!query.index) {
      if (row.pk == query.pk && sort_key_matches(query, row.sk)) candidates.push_back({"", "", &row});
      continue;
    }
    const auto& index_key = row.index_keys[*query.index];
    if (index_key && index_key->pk == query.pk && sort_key_matches(query, index_key->sk)) {
      candidates.push_back({index_key->pk, index_key->sk, &row});
    }
  }
  return page_of(std::move(candidates), query.reverse, query.limit, query.start);
}

Result<ItemPage> ModelReader::scan(TableId table, int limit, const std::optional<ItemQuery::Start>& start) {
  const auto state = disk_->state();
  WAYBILL_TRY(const ModelTable* found, table_in(*state, table));
  std::vector<Candidate> candidates;
  for (const auto& [key, row] : found->rows) candidates.push_back({"", "", &row});
  return page_of(std::move(candidates), false, limit, start);
}

Result<std::int64_t> ModelReader::count_items(TableId table) {
  const auto state = disk_->state();
  WAYBILL_TRY(const ModelTable* found, table_in(*state, table));
  return static_cast<std::int64_t>(found->rows.size());
}

Result<std::optional<std::int64_t>> ModelReader::first_expiry(TableId table) {
  const auto state = disk_->state();
  WAYBILL_TRY(const ModelTable* found, table_in(*state, table));
  std::optional<std::int64_t> first;
  for (const auto& [key, row] : found->rows) {
    if (row.expires_at && (!first || *row.expires_at < *first)) first = row.expires_at;
  }
  return first;
}

Result<std::vector<Delivery>> ModelReader::deliveries(const DeliveryKey& after, WallTime until, int limit) {
  const auto state = disk_->state();
  std::vector<Delivery> found;
  for (auto at = state->deliveries.upper_bound(after); at != state->deliveries.end(); ++at) {
    const DeliveryKey& key = at->first;
    if (key.endpoint != after.endpoint || key.due > until || static_cast<int>(found.size()) == limit) break;
    found.push_back(at->second);
  }
  return found;
}

Result<std::optional<Delivery>> ModelReader::next_delivery(const DeliveryKey& after) {
  const auto state = disk_->state();
  const auto next = state->deliveries.upper_bound(after);
  if (next == state->deliveries.end() || next->first.endpoint != after.endpoint) return std::optional<Delivery>{};
  return std::optional<Delivery>{next->second};
}

Result<std::vector<PayloadPtr>> ModelReader::payloads(const std::vector<PayloadId>& ids) {
  const auto state = disk_->state();
  std::vector<PayloadPtr> found;
  for (const PayloadId id : ids) {
    const auto payload = state->payloads.find(id);
    found.push_back(payload == state->payloads.end() ? nullptr : payload->second);
  }
  return found;
}

Result<std::vector<store::EndpointRow>> ModelReader::endpoints() {
  const auto state = disk_->state();
  std::vector<store::EndpointRow> rows;
  for (const auto& [id, key] : state->endpoints) {
    store::EndpointRow row{id, key, 0, std::nullopt};
    for (const auto& [delivery_key, delivery] : state->deliveries) {
      if (delivery_key.endpoint != id) continue;
      ++row.pending;
      row.oldest = std::min(row.oldest.value_or(delivery.ingested_at), delivery.ingested_at);
    }
    rows.push_back(row);
  }
  return rows;
}

Result<std::vector<DeadLetter>> ModelReader::dead_letters(const store::DeadLetterFilter& filter) {
  const auto state = disk_->state();
  const auto wanted = [](const std::string& want, const std::string& have) { return want.empty() || want == have; };
  std::vector<DeadLetter> found;
  for (const auto& [id, letter] : state->dead_letters) {
    if (static_cast<int>(found.size()) == filter.limit) break;
    if (id > filter.after && wanted(filter.target_arn, letter.target_arn) && wanted(filter.rule_arn, letter.rule_arn) &&
        wanted(filter.error_code, letter.error_code) && wanted(filter.event_id, letter.event_id)) {
      found.push_back(letter);
    }
  }
  return found;
}

Result<std::optional<DeadLetter>> ModelReader::dead_letter(DeadLetterId id) {
  const auto state = disk_->state();
  const auto found = state->dead_letters.find(id);
  if (found == state->dead_letters.end()) return std::optional<DeadLetter>{};
  return std::optional<DeadLetter>{found->second};
}

Result<std::int64_t> ModelReader::count_dead_letters() {
  return static_cast<std::int64_t>(disk_->state()->dead_letters.size());
}

Result<std::vector<store::ArchivedEvent>> ModelReader::archive_events(const store::ArchiveQuery& query) {
  const auto state = disk_->state();
  std::vector<store::ArchivedEvent> found;
  const auto archive = state->archives.find(query.archive);
  if (archive == state->archives.end()) return found;
  for (const auto& [at, event] : archive->second) {
    if (static_cast<int>(found.size()) == query.limit) break;
    if (at.event_time < query.from || at.event_time >= query.to || (query.after && at <= *query.after)) continue;
    found.push_back({at, state->payloads.at(at.payload)->body});
  }
  return found;
}

Result<store::ArchiveTotals> ModelReader::archive_totals(ArchiveId archive) {
  WAYBILL_TRY(const auto all, archives());
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& totals) { return totals.archive == archive; });
  return found == all.end() ? store::ArchiveTotals{archive, 0, 0} : *found;
}

Result<std::optional<WallTime>> ModelReader::oldest_archived(ArchiveId archive) {
  const auto state = disk_->state();
  std::optional<WallTime> oldest;
  const auto found = state->archives.find(archive);
  if (found == state->archives.end()) return oldest;
  for (const auto& [at, event] : found->second) {
    if (!oldest || event.archived_at < *oldest) oldest = event.archived_at;
  }
  return oldest;
}

Result<std::vector<store::ArchiveTotals>> ModelReader::archives() {
  const auto state = disk_->state();
  std::vector<store::ArchiveTotals> all;
  for (const auto& [archive, events] : state->archives) {
    store::ArchiveTotals totals{archive, static_cast<std::int64_t>(events.size()), 0};
    for (const auto& [at, event] : events) totals.bytes += event.bytes;
    all.push_back(totals);
  }
  return all;
}

Result<std::vector<Resource>> ModelReader::resources() {
  const auto state = disk_->state();
  std::vector<Resource> found;
  for (const auto& [key, resource] : state->resources) found.push_back(resource);
  return found;
}

Result<std::vector<TableSpec>> ModelReader::tables() {
  const auto state = disk_->state();
  std::vector<TableSpec> found;
  for (const auto& [id, table] : state->tables) found.push_back(table.spec);
  return found;
}

Result<std::optional<std::string>> ModelReader::setting(const std::string& name) {
  const auto state = disk_->state();
  const auto found = state->settings.find(name);
  if (found == state->settings.end()) return std::optional<std::string>{};
  return std::optional<std::string>{found->second};
}

Result<std::vector<store::AppendHistory>> ModelReader::history(int limit) {
  const auto state = disk_->state();
  std::vector<store::AppendHistory> found;
  for (auto line = state->history.rbegin(); line != state->history.rend() && static_cast<int>(found.size()) < limit;
       ++line) {
    found.push_back(*line);
  }
  return found;
}

}  // namespace waybill::testing
