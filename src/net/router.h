// Method and path to handler. Filled at start-up, then immutable, so any io thread may serve from it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace waybill::net {

// What the {names} of a pattern stood for, percent-decoded, in the order of the pattern.
class PathParams {
 public:
  void add(std::string_view name, std::string value) { values_.emplace_back(name, std::move(value)); }
  // "" when the pattern has no such name.
  std::string_view get(std::string_view name) const;
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<std::pair<std::string_view, std::string>> values_;  // names live in the router
};

using RouteHandler = std::function<void(HttpRequest, const PathParams&, Reply)>;

// A pattern is a path whose segments are literal, {name} (exactly one segment, not empty) or, last, {name+} (one or
// more segments). Where several match, the one whose first differing segment is literal wins, then {name}, then
// {name+}.
class Router {
 public:
  explicit Router(ErrorResponder errors = default_error_response);
  ~Router();
  Router(Router&&) noexcept;

  // Errors: invalid, naming the pattern and the rule; conflict, when the route is there already.
  Status add(std::string method, std::string pattern, RouteHandler handler);

  struct Match {
    const RouteHandler* handler;
    std::string_view pattern;
    PathParams params;
  };
  struct Miss {
    unsigned status;  // 400 malformed percent-encoding, 404, 405
    std::string_view code;
    std::string message;
    std::string allow;  // with 405: the value of the Allow header
  };
  // A GET route also serves HEAD.
  std::variant<Match, Miss> find(std::string_view method, std::string_view path) const;

  // Calls the route's handler, or answers what find() says.
  void serve(HttpRequest request, Reply reply) const;
  // The same for who has asked find() already, for this request.
  void serve(std::variant<Match, Miss> found, HttpRequest request, Reply reply) const;

 private:
  struct Segment;
  struct Route;
  const Route* best(std::string_view method, const std::vector<std::string_view>& segments, std::string& allow) const;
  Miss not_found(std::string_view method, std::string_view path) const;

  ErrorResponder errors_;
  std::vector<std::unique_ptr<Route>> routes_;  // most specific first
};

}  // namespace waybill::net
