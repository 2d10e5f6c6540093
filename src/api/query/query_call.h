// One call in AWS's query protocol: Action and parameters as a form, in the body or in the query string.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace waybill::api {

class QueryCall {
 public:
  // Is it such a call? It is where Action stands in the query string, or in a body that is a form.
  static bool is_one(const net::HttpRequest& request);
  // The same of a request that was refused before its body was read: then a form for / or a queue will have been one.
  static bool may_be_one(const net::HttpRequest& request);
  // Error: invalid, when the form is malformed or is no UTF-8. What the body says wins over the query string.
  static Result<QueryCall> parse(const net::HttpRequest& request);

  std::string action() const { return text("Action"); }
  std::string text(const std::string& name) const;  // "" when absent
  bool has(const std::string& name) const { return values_.contains(name); }
  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }
  // The values of name.member.1, name.member.2, … in order.
  std::vector<std::string> members(const std::string& name) const;
  // The distinct prefixes "name.member.1", "name.entry.2", … in order of their numbers.
  std::vector<std::string> items(const std::string& name) const;
  // The same of lists that a service writes flat: "name.1", "name.2", …
  std::vector<std::string> flat_items(const std::string& name) const { return numbered({name + "."}); }
  // name.entry.N.key → name.entry.N.value.
  std::map<std::string, std::string> map(const std::string& name) const;

 private:
  Status take(const std::string& form);
  // The distinct "‹start›‹number›" that begin names, in order of their numbers.
  std::vector<std::string> numbered(const std::vector<std::string>& starts) const;

  std::map<std::string, std::string> values_;
};

}  // namespace waybill::api
