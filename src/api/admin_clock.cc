#include "api/admin_clock.h"

#include <memory>

#include "api/answers.h"
#include "base/duration.h"
#include "base/iso_time.h"
#include "base/json_tree.h"

namespace waybill::api {

namespace {

using nlohmann::json;

constexpr const char* kForms =
    R"({"advance":"PT24H"}, {"advance":"24h"}, {"to":"2027-01-01T00:00:00Z"} or {"halt":true})";

json time_or_null(std::optional<WallTime> time) { return time ? json(iso8601_millis(*time)) : json(); }

json totals_json(const DeliveryTotals& totals) {
  return {{"attempts", totals.attempts},
          {"delivered", totals.delivered},
          {"retried", totals.retried},
          {"dead_lettered", totals.dead_lettered}};
}

json advanced_json(const ClockAdvanced& advanced) {
  json shown{{"clock", "virtual"},
             {"from", iso8601_millis(advanced.from)},
             {"to", iso8601_millis(advanced.to)},
             {"now", iso8601_millis(advanced.now)},
             {"reached", advanced.now >= advanced.to},
             {"steps", advanced.steps},
             {"deliveries", totals_json(advanced.done)},
             {"impatient", advanced.impatient},
             {"first_steps", json::array()}};
  for (const ClockStep& step : advanced.first_steps) {
    shown["first_steps"].push_back(
        {{"at", iso8601_millis(step.at)}, {"due", step.due}, {"deliveries", totals_json(step.done)}});
  }
  return shown;
}

// Empty: {"halt":true}.
Result<std::optional<ClockControl::Goal>> goal_of(const std::string& body) {
  const json request = parse_json(body);
  if (!request.is_object() || request.size() != 1) {
    return invalid(std::string("the body must be one of ") + kForms);
  }
  const std::string name = request.begin().key();
  const json& value = request.begin().value();
  if (name == "halt" && value == json(true)) return std::optional<ClockControl::Goal>();
  if ((name != "advance" && name != "to") || !value.is_string()) {
    return invalid("the body must be one of " + std::string(kForms));
  }
  const std::string text = value.get<std::string>();
  if (name == "advance") {
    auto span = parse_time_span(text);
    if (!span) return invalid("advance: " + span.error().message);
    return std::optional<ClockControl::Goal>(*span);
  }
  const auto time = parse_iso8601(text);
  if (!time) return invalid("to: '" + text + "' is no time such as 2027-01-01T00:00:00Z");
  return std::optional<ClockControl::Goal>(*time);
}

}  // namespace

net::HttpResponse ClockApi::show() const {
  json shown{{"clock", control_ ? "virtual" : "system"}, {"now", iso8601_millis(wall_.now())}};
  if (control_) {
    shown["next_due"] = time_or_null(control_->next_due());
    shown["going_to"] = time_or_null(control_->going_to());
  }
  return json_answer(shown);
}

void ClockApi::turn(const std::string& body, net::Reply reply) const {
  if (!control_) {
    return reply(error_answer(409, "ClockIsNotVirtual",
                              "The clock is the system's and cannot be turned. Start the daemon with --set "
                              "clock=virtual for one that can."));
  }
  auto goal = goal_of(body);
  if (!goal) return reply(error_answer(goal.error()));
  if (!*goal) {
    control_->halt();
    return reply(json_answer({{"clock", "virtual"}, {"halted", true}, {"now", iso8601_millis(wall_.now())}}));
  }
  control_->advance(**goal, [reply = std::move(reply)](Result<ClockAdvanced> advanced) mutable {
    reply(advanced ? json_answer(advanced_json(*advanced)) : error_answer(advanced.error()));
  });
}

}  // namespace waybill::api
