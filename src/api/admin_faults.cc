#include "api/admin_faults.h"

#include <algorithm>
#include <limits>
#include <set>

#include "api/answers.h"
#include "base/duration.h"
#include "base/json_tree.h"
#include "net/url.h"

namespace waybill::api {

namespace {

using delivery::Fault;
using delivery::FaultSpec;
using nlohmann::json;

constexpr std::int64_t kMostAttempts = 1'000'000'000;
constexpr Millis kLongestFault = std::chrono::hours{24};
constexpr const char* kPermanentCodes[] = {"NO_RESOURCE", "NO_PERMISSIONS", "INVALID_PARAMETER", "INVALID_JSON",
                                           "SDK_CLIENT_ERROR"};

net::HttpResponse faults_not_allowed() {
  return error_answer(403, "FaultsNotAllowed",
                      "Faults on request are off. Start the daemon with --set allow_faults=true to allow them.");
}

Error wrong_member(const std::string& name, const std::string& what) { return invalid(name + " " + what); }

// One member of the request into the spec.
using MemberReader = Status (*)(FaultSpec& spec, const std::string& name, const json& value);

Result<std::string> text_of_member(const std::string& name, const json& value, std::size_t most) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    return wrong_member(name, "must be a string that is not empty");
  }
  auto text = value.get<std::string>();
  if (text.size() > most) return wrong_member(name, "must have at most " + std::to_string(most) + " bytes");
  return text;
}

Result<Millis> span_of_member(const std::string& name, const json& value) {
  if (!value.is_string()) return wrong_member(name, "must be a duration such as \"2s\" or \"PT2S\"");
  auto span = parse_time_span(value.get<std::string>());
  if (!span) return wrong_member(name + ":", span.error().message);
  if (*span > kLongestFault) return wrong_member(name, "must be at most 24h");
  return *span;
}

Status read_count(FaultSpec& spec, const std::string& name, const json& value) {
  const bool whole = value.is_number_integer() && value >= 1 && value <= kMostAttempts;
  if (!whole) return wrong_member(name, "must be a whole number from 1 to 1000000000: so many attempts");
  if (spec.count) return invalid("fail and count both say how many attempts; give one of them");
  spec.count = value.get<std::int64_t>();
  return {};
}

Status read_target(FaultSpec& spec, const std::string& name, const json& value) {
  WAYBILL_TRY(spec.target, text_of_member(name, value, 2048));
  return {};
}
Status read_latency(FaultSpec& spec, const std::string& name, const json& value) {
  WAYBILL_TRY(spec.latency, span_of_member(name, value));
  if (spec.latency <= Millis{0}) return wrong_member(name, "must be longer than nothing");
  return {};
}
Status read_retry_after(FaultSpec& spec, const std::string& name, const json& value) {
  WAYBILL_TRY(spec.retry_after, span_of_member(name, value));
  return {};
}
Status read_status(FaultSpec& spec, const std::string& name, const json& value) {
  if (!value.is_number_integer() || value < 300 || value > 599) {
    return wrong_member(name, "must be an HTTP status from 300 to 599");
  }
  spec.status = value.get<unsigned>();
  return {};
}
Status read_rate(FaultSpec& spec, const std::string& name, const json& value) {
  if (!value.is_number() || value <= 0 || value > 1) return wrong_member(name, "must be above 0 and at most 1");
  spec.rate = value.get<double>();
  return {};
}
Status read_seed(FaultSpec& spec, const std::string& name, const json& value) {
  if (!value.is_number_unsigned()) return wrong_member(name, "must be a whole number from 0");
  spec.seed = value.get<std::uint64_t>();
  return {};
}
Status read_code(FaultSpec& spec, const std::string& name, const json& value) {
  WAYBILL_TRY(spec.error_code, text_of_member(name, value, 256));
  return {};
}
Status read_message(FaultSpec& spec, const std::string& name, const json& value) {
  WAYBILL_TRY(spec.message, text_of_member(name, value, 1024));
  return {};
}
Status read_permanent(FaultSpec& spec, const std::string& name, const json& value) {
  if (!value.is_boolean()) return wrong_member(name, "must be true or false");
  spec.permanent = value.get<bool>();
  return {};
}

constexpr std::pair<std::string_view, MemberReader> kMembers[] = {
    {"target", read_target},   {"fail", read_count},      {"count", read_count},
    {"latency", read_latency}, {"status", read_status},   {"retry_after", read_retry_after},
    {"error_code", read_code}, {"message", read_message}, {"permanent", read_permanent},
    {"rate", read_rate},       {"seed", read_seed}};

Result<FaultSpec> spec_of(const std::string& body) {
  const json request = parse_json(body);
  if (!request.is_object()) return invalid(R"(the body must be a JSON object, e.g. {"target":"my-function","fail":3})");
  FaultSpec spec;
  for (const auto& [name, value] : request.items()) {
    const auto* member = std::find_if(std::begin(kMembers), std::end(kMembers),
                                      [&, wanted = std::string_view(name)](auto& m) { return m.first == wanted; });
    if (member == std::end(kMembers)) {
      return invalid("'" + name +
                     "' is no member of a fault; there are target, fail, count, latency, status, retry_after, "
                     "error_code, message, permanent, rate and seed");
    }
    WAYBILL_CHECK(member->second(spec, name, value));
  }
  if (spec.target.empty()) return invalid("target is missing: an ARN or a name, with * for any characters");
  const bool says_failure = request.contains("fail") || spec.status != 0 || !spec.error_code.empty() ||
                            !spec.message.empty() || request.contains("permanent") || spec.retry_after > Millis{0};
  spec.fails = says_failure || spec.latency == Millis{0};
  if (!says_failure && spec.latency == Millis{0} && !request.contains("rate")) {
    return invalid("say what shall happen: fail (so many attempts), status, latency, error_code or rate");
  }
  if (spec.status != 0 && spec.permanent) return invalid("permanent: with a status, the status says that");
  if (spec.status == 0 && !request.contains("permanent")) {
    spec.permanent =
        std::find(std::begin(kPermanentCodes), std::end(kPermanentCodes), spec.error_code) != std::end(kPermanentCodes);
  }
  return spec;
}

json fault_json(const Fault& fault) {
  const FaultSpec& spec = fault.spec;
  json shown{{"id", fault.id}, {"target", spec.target}, {"touched", fault.touched}, {"left", json()}};
  if (spec.count) shown["left"] = *spec.count;
  shown["does"] = spec.status != 0 ? "status" : spec.fails ? "fail" : "latency";
  if (spec.status != 0) shown["status"] = spec.status;
  if (spec.latency > Millis{0}) shown["latency"] = std::to_string(spec.latency.count()) + "ms";
  if (spec.retry_after > Millis{0}) shown["retry_after"] = std::to_string(spec.retry_after.count()) + "ms";
  if (spec.rate < 1) {
    shown["rate"] = spec.rate;
    shown["seed"] = spec.seed;
  }
  if (spec.permanent) shown["permanent"] = true;
  if (!spec.error_code.empty()) shown["error_code"] = spec.error_code;
  if (!spec.message.empty()) shown["message"] = spec.message;
  return shown;
}

}  // namespace

net::HttpResponse FaultsApi::add(const std::string& body) const {
  if (!faults_) return faults_not_allowed();
  auto spec = spec_of(body);
  if (!spec) return error_answer(spec.error());
  json shown = fault_json(faults_->add(std::move(*spec)));
  std::set<std::string> touches;
  const auto topology = topology_.get();
  for (const auto& [id, endpoint] : topology->endpoints()) {
    if (delivery::Faults::matches(shown["target"].get<std::string>(), *endpoint)) touches.insert(endpoint->target_arn);
  }
  shown["touches"] = touches;
  return json_answer(shown);
}

net::HttpResponse FaultsApi::list() const {
  if (!faults_) return faults_not_allowed();
  json shown = json::array();
  for (const Fault& fault : faults_->list()) shown.push_back(fault_json(fault));
  return json_answer({{"faults", std::move(shown)}});
}

net::HttpResponse FaultsApi::clear(const std::string& query) const {
  if (!faults_) return faults_not_allowed();
  const auto pairs = net::parse_query(query);
  if (!pairs) return error_answer(pairs.error());
  for (const auto& [name, value] : *pairs) {
    if (name != "target") return error_answer(invalid("'" + name + "' is no parameter here; there is target"));
  }
  if (pairs->empty()) return json_answer({{"cleared", faults_->clear()}});
  const std::string& target = pairs->front().second;
  const std::size_t cleared = faults_->remove(target);
  if (cleared == 0) return error_answer(not_found("there is no fault for the target '" + target + "'"));
  return json_answer({{"cleared", cleared}});
}

net::HttpResponse FaultsApi::clear_one(std::string_view text) const {
  if (!faults_) return faults_not_allowed();
  const auto id = number_parameter("id", text, 1, std::numeric_limits<std::int64_t>::max());
  if (!id) return error_answer(id.error());
  if (faults_->remove(*id) == 0) return error_answer(not_found("there is no fault " + std::string(text)));
  return json_answer({{"cleared", 1}});
}

}  // namespace waybill::api
