#include "queue/move_task_row.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace waybill::queue {

using TaskJson = nlohmann::json;

std::string status_of(const CatalogRow& row) { return row.state.value("Status", ""); }

bool is_active(const CatalogRow& row) { return status_of(row) == kRunning || status_of(row) == kCancelling; }

std::string task_handle(const std::string& name, const std::string& source_arn) {
  return to_base64(TaskJson{{"taskId", name}, {"sourceArn", source_arn}}.dump());
}

std::optional<std::string> task_name_in(const std::string& handle) {
  const auto json = TaskJson::parse(from_base64(handle).value_or(""), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto name = json.find("taskId");
  if (name == json.end() || !name->is_string()) return std::nullopt;
  return name->get<std::string>();
}

namespace {

std::int64_t started_at(const CatalogRow& row) { return row.state.value("Started", std::int64_t{0}); }

}  // namespace

std::vector<ResourceKey> old_tasks(const Catalog& catalog, const std::string& source_arn) {
  std::vector<const CatalogRow*> ended;
  for (const auto& [key, row] : catalog) {
    const bool of_source = key.kind == kinds::kMessageMoveTask && row->body.value("SourceArn", "") == source_arn;
    if (of_source && !is_active(*row)) ended.push_back(row.get());
  }
  std::stable_sort(ended.begin(), ended.end(),
                   [](const CatalogRow* a, const CatalogRow* b) { return started_at(*a) > started_at(*b); });
  std::vector<ResourceKey> old;
  for (std::size_t i = kShownTasks - 1; i < ended.size(); ++i) old.push_back(ended[i]->resource.key);
  return old;
}

MoveTask task_of(const CatalogRow& row) {
  MoveTask task;
  task.status = status_of(row);
  task.source_arn = row.body.value("SourceArn", "");
  task.destination_arn = row.body.value("DestinationArn", "");
  if (row.body.contains("MaxNumberOfMessagesPerSecond")) {
    task.max_per_second = row.body["MaxNumberOfMessagesPerSecond"].get<int>();
  }
  task.moved = row.state.value("Moved", std::int64_t{0});
  task.to_move = row.state.value("ToMove", std::int64_t{0});
  task.failure_reason = row.state.value("FailureReason", "");
  task.started_at = from_millis(started_at(row));
  task.handle = is_active(row) ? task_handle(row.resource.key.name, task.source_arn) : std::string();
  return task;
}

}  // namespace waybill::queue
