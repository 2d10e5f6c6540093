// A message move task as a row of the catalog (kinds::kMessageMoveTask), and its handle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/book.h"
#include "queue/move_tasks.h"

namespace waybill::queue {

inline constexpr const char* kRunning = "RUNNING";
inline constexpr const char* kCancelling = "CANCELLING";
inline constexpr int kShownTasks = 10;  // of a queue; older ones are forgotten

std::string status_of(const CatalogRow& row);
bool is_active(const CatalogRow& row);  // running, or being cancelled
MoveTask task_of(const CatalogRow& row);

// As on AWS: base64 of a JSON object that names the task and its source.
std::string task_handle(const std::string& name, const std::string& source_arn);
// None: it is no handle.
std::optional<std::string> task_name_in(const std::string& handle);

// Ended tasks of the queue that a new one leaves no room for: the oldest.
std::vector<ResourceKey> old_tasks(const Catalog& catalog, const std::string& source_arn);

}  // namespace waybill::queue
