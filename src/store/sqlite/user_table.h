// The SQLite side of a user's table: its rows, their indexes, and a view for people.
//
//   item_7 (id, pk, sk, version, expires, body, x0_pk, x0_sk, …)   a row an item; xN: its key in the N-th index, or
//   NULL item_7_key      unique (pk, sk) item_7_x0       (x0_pk, x0_sk, pk, sk) where x0_pk is not null item_7_expires
//   (expires) where not null; only if the table has a TTL attribute "Orders"        a view: the key attributes and the
//   body, read out of the JSON
#pragma once

#include <string>

#include "base/result.h"
#include "model/table_spec.h"
#include "store/sqlite/database.h"

namespace waybill::store::sqlite {

std::string item_table(TableId id);                        // item_7
std::string item_index(TableId id, std::size_t position);  // item_7_x0

// REQUIRES for all: a transaction; the row in `tables` is theirs to write.
Status create_user_table(Database& database, const TableSpec& spec);
Status drop_user_table(Database& database, TableId id);
// Takes the new TTL attribute and name. Items get the time that the new attribute says, or none.
Status change_user_table(Database& database, const TableSpec& before, const TableSpec& after);

Status drop_all_views(Database& database);
Status create_all_views(Database& database);

// "Orders" → "\"Orders\"", quotes doubled.
std::string quoted_identifier(std::string_view name);

}  // namespace waybill::store::sqlite
