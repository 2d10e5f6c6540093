#include "store/sqlite/pending_payloads.h"

#include <limits>

namespace waybill::store::sqlite {

PendingPayloads::PendingPayloads(Database& database, std::int64_t window, std::int64_t rows_per_step)
    : window_(window),
      rows_per_step_(rows_per_step),
      page_(database,
            "SELECT endpoint, due, id, payload FROM deliveries WHERE (endpoint, due, id) > (?1, ?2, ?3)"
            " ORDER BY endpoint, due, id LIMIT ?4") {}

void PendingPayloads::start(PayloadId after) {
  active_ = true;
  complete_ = false;
  after_ = after;
  cursor_.reset();
  bits_.assign(static_cast<std::size_t>(window_), false);
}

Status PendingPayloads::step() {
  ++steps_;
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  auto page = cursor_ ? page_.with(cursor_->endpoint.value, to_millis(cursor_->due), cursor_->id.value, rows_per_step_)
                      : page_.with(kLowest, kLowest, kLowest, rows_per_step_);
  std::int64_t rows = 0;
  while (true) {
    WAYBILL_TRY(const bool row, page.next());
    if (!row) break;
    ++rows;
    cursor_ = DeliveryKey{{page.integer(0)}, from_millis(page.integer(1)), {page.integer(2)}};
    add({page.integer(3)});
  }
  complete_ = rows < rows_per_step_;
  return {};
}

void PendingPayloads::forget() {
  active_ = complete_ = false;
  bits_ = {};  // gives the memory back
}

}  // namespace waybill::store::sqlite
