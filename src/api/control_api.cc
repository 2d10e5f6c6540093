#include "api/control_api.h"

#include <algorithm>
#include <array>

#include "api/request/check_request.h"
#include "api/request/page.h"
#include "base/ascii.h"
#include "base/json_tree.h"

namespace waybill::api {

namespace {

using control::Json;

// The lists that are answered in pages, and the member of their items that orders them; "" where the items are texts.
struct PagedList {
  std::string_view operation;
  const char* list;
  const char* key;
};
constexpr std::array<PagedList, 8> kPagedLists{{{"ListEventBuses", "EventBuses", "Name"},
                                                {"ListRules", "Rules", "Name"},
                                                {"ListRuleNamesByTarget", "RuleNames", ""},
                                                {"ListTargetsByRule", "Targets", "Id"},
                                                {"ListArchives", "Archives", "ArchiveName"},
                                                {"ListReplays", "Replays", "ReplayName"},
                                                {"ListConnections", "Connections", "Name"},
                                                {"ListApiDestinations", "ApiDestinations", "Name"}}};

// The events of an archive are counted in the database, and count from their acknowledgement on.
constexpr Millis kSettleLimit{1000};

void cut_page(Json& answer, const PagedList& paged, const PageRequest& request) {
  const auto key_of = [&](const Json& item) -> const std::string& {
    return (*paged.key == '\0' ? item : item.at(paged.key)).get_ref<const std::string&>();
  };
  const Json whole = std::move(answer[paged.list]);
  const std::span<const Json> items(whole.get_ref<const Json::array_t&>());
  const Page<Json> page = page_of(items, request, key_of);
  answer[paged.list] = Json::array_t(page.items.begin(), page.items.end());
  if (!page.next_token.empty()) answer["NextToken"] = page.next_token;
}

// Credential=‹key›/‹date›/‹region›/‹service›/aws4_request; empty parts where there is none.
struct Scope {
  std::string_view key, region;
};
Scope credential_scope(std::string_view authorization) {
  constexpr std::string_view kCredential = "Credential=";
  const std::size_t at = authorization.find(kCredential);
  if (at == std::string_view::npos) return {};
  authorization.remove_prefix(at + kCredential.size());
  authorization = authorization.substr(0, authorization.find_first_of(", "));
  std::array<std::string_view, 3> parts;
  for (auto& part : parts) {
    const std::size_t slash = authorization.find('/');
    part = authorization.substr(0, slash);
    authorization.remove_prefix(slash == std::string_view::npos ? authorization.size() : slash + 1);
  }
  return {parts[0], parts[2]};
}

bool is_account(std::string_view text) { return text.size() == 12 && std::all_of(text.begin(), text.end(), is_digit); }

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  });
}

net::HttpResponse refused(const control::Fault& fault) {
  return to_response(AwsError{fault.code, fault.message, fault.status});
}

}  // namespace

Place place_of_request(const net::HttpRequest& request, Tenancy tenancy, const Place& home) {
  Place place = home;
  if (tenancy == Tenancy::single) return place;
  const Scope scope = credential_scope(request.header("authorization"));
  if (is_account(scope.key)) place.account = scope.key;
  if (is_region(scope.region)) place.region = scope.region;
  return place;
}

net::HttpResponse ControlApi::call(std::string_view name, const net::HttpRequest& request) const {
  const OperationModel* model = operation(name);
  const control::Operation run = control::find_operation(name);
  Json body = request.body.empty() ? Json::object() : parse_json(request.body);
  if (!body.is_object()) {
    return to_response({"SerializationException", kBodyMustBeObject, 400});
  }
  if (const auto wrong = check_request(*model, body)) return to_response(*wrong);
  const auto paged = std::find_if(kPagedLists.begin(), kPagedLists.end(),
                                  [&](const PagedList& each) { return each.operation == name; });
  const bool is_paged = paged != kPagedLists.end();
  const auto page = page_request(body);
  if (is_paged && std::holds_alternative<AwsError>(page)) return to_response(std::get<AwsError>(page));
  if (name == "DescribeArchive" || name == "ListArchives") ports_.journal.settle(kSettleLimit);
  auto answer =
      ports_.control.call(run, body, place_of_request(request, ports_.tenancy, ports_.topology.get()->place()));
  if (!answer) return refused(answer.error());
  if (is_paged) cut_page(*answer, *paged, std::get<PageRequest>(page));
  net::HttpResponse response;
  response.content_type = kAwsJson;
  response.body = answer->dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace waybill::api
