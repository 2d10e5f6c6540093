#include "store/lanes.h"

#include <algorithm>
#include <utility>

namespace waybill::store {

bool Lanes::empty() const {
  return std::all_of(queues_.begin(), queues_.end(), [](const Queue& queue) { return queue.units.empty(); });
}

bool Lanes::only(std::initializer_list<Lane> lanes) const {
  const auto empty = [](const Queue& queue) { return queue.units.empty(); };
  const auto found = [&](Lane lane) { return !empty(queue(lane)); };
  const auto within = std::count_if(lanes.begin(), lanes.end(), found);
  return within + std::count_if(queues_.begin(), queues_.end(), empty) == static_cast<std::ptrdiff_t>(queues_.size());
}

void Lanes::put_back(std::vector<Journal::Unit> units) {
  Queue& to = queue(Lane::logged);
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    to.bytes += unit->weight;
    to.units.push_front(std::move(*unit));
  }
}

void Lanes::push(Lane lane, Journal::Unit unit) {
  Queue& to = queue(lane);
  unit.in_log_order = lane == Lane::logged;
  to.bytes += unit.weight;
  to.units.push_back(std::move(unit));
}

std::vector<Journal::Unit> Lanes::take_group() {
  std::vector<Journal::Unit> group;
  std::size_t held = 0;
  for (const Lane lane : {Lane::internal, Lane::outcome, Lane::logged, Lane::ingress}) {
    while (!queue(lane).units.empty() && (group.empty() || held < options_.group_limit_bytes)) {
      held += move_oldest(lane, group);
    }
  }
  const std::size_t at_most = std::max<std::size_t>(options_.maintenance_per_group, 1);
  const std::size_t sweeps = std::min(queue(Lane::maintenance).units.size(), at_most);
  for (std::size_t i = 0; i < sweeps; ++i) move_oldest(Lane::maintenance, group);
  return group;
}

std::vector<Journal::Unit> Lanes::take_all() {
  std::vector<Journal::Unit> all;
  for (const Lane lane : {Lane::internal, Lane::outcome, Lane::logged, Lane::ingress, Lane::maintenance}) {
    while (!queue(lane).units.empty()) move_oldest(lane, all);
  }
  return all;
}

std::size_t Lanes::move_oldest(Lane lane, std::vector<Journal::Unit>& group) {
  Queue& from = queue(lane);
  const std::size_t weight = from.units.front().weight;
  group.push_back(std::move(from.units.front()));
  from.units.pop_front();
  from.bytes -= weight;
  return weight;
}

}  // namespace waybill::store
