#include "api/query/query_call.h"

#include <algorithm>
#include <charconv>

#include "api/sqs/queue_url.h"
#include "base/json_text.h"
#include "net/url.h"

namespace waybill::api {

namespace {

bool names_action(std::string_view form) {
  return form.starts_with("Action=") || form.find("&Action=") != std::string_view::npos;
}

bool has_form_body(const net::HttpRequest& request) {
  std::string_view type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  return net::equals_ignoring_case(type, "application/x-www-form-urlencoded");
}

}  // namespace

bool QueryCall::is_one(const net::HttpRequest& request) {
  return names_action(request.query) || (has_form_body(request) && names_action(request.body));
}

bool QueryCall::may_be_one(const net::HttpRequest& request) {
  if (is_one(request)) return true;
  const bool has_place = request.path == "/" || parse_queue_url(request.path);
  return has_place && request.body.empty() && has_form_body(request) && request.header("x-amz-target").empty();
}

Status QueryCall::take(const std::string& form) {
  WAYBILL_TRY(net::QueryPairs pairs, net::parse_query(form));
  for (auto& [name, value] : pairs) {
    if (!is_valid_utf8(name)) return invalid("the name of a parameter is not UTF-8");
    if (!is_valid_utf8(value)) return invalid("the parameter " + name + " is not UTF-8");
    values_[name] = std::move(value);
  }
  return {};
}

Result<QueryCall> QueryCall::parse(const net::HttpRequest& request) {
  QueryCall call;
  WAYBILL_CHECK(call.take(request.query));
  if (has_form_body(request)) WAYBILL_CHECK(call.take(request.body));
  return call;
}

std::string QueryCall::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::vector<std::string> QueryCall::items(const std::string& name) const {
  return numbered({name + ".member.", name + ".entry."});
}

std::vector<std::string> QueryCall::numbered(const std::vector<std::string>& starts) const {
  std::vector<std::pair<int, std::string>> found;
  for (const std::string& prefix : starts) {
    for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix); ++at) {
      int number = 0;
      const char* const end = at->first.data() + at->first.size();
      const auto [digits_end, problem] = std::from_chars(at->first.data() + prefix.size(), end, number);
      if (problem != std::errc() || (digits_end != end && *digits_end != '.')) continue;
      found.emplace_back(number, prefix + std::to_string(number));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<std::string> prefixes;
  for (auto& [number, prefix] : found) prefixes.push_back(std::move(prefix));
  return prefixes;
}

std::vector<std::string> QueryCall::members(const std::string& name) const {
  std::vector<std::string> list;
  for (const std::string& item : items(name)) list.push_back(text(item));
  return list;
}

std::map<std::string, std::string> QueryCall::map(const std::string& name) const {
  std::map<std::string, std::string> entries;
  for (const std::string& item : items(name)) entries[text(item + ".key")] = text(item + ".value");
  return entries;
}

}  // namespace waybill::api
