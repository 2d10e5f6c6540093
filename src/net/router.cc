#include "net/router.h"

#include <algorithm>
#include <set>

#include "net/url.h"

namespace waybill::net {

struct Router::Segment {
  enum class Kind { literal, one, rest };  // in order of precedence
  Kind kind;
  std::string text;  // the literal or the name
};

struct Router::Route {
  std::string method;
  std::string pattern;
  std::vector<Segment> segments;
  RouteHandler handler;

  bool matches(const std::vector<std::string_view>& path) const {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (i >= path.size()) return false;
      const Segment& segment = segments[i];
      if (segment.kind == Segment::Kind::rest) return path.size() > i + 1 || !path[i].empty();
      if (segment.kind == Segment::Kind::literal ? segment.text != path[i] : path[i].empty()) return false;
    }
    return path.size() == segments.size();
  }
  bool serves(std::string_view asked) const { return asked == method || (asked == "HEAD" && method == "GET"); }
};

namespace {

// A path of a client may be long; a message need not be.
constexpr std::size_t kMaxShownPath = 200;
constexpr std::size_t kMaxListed = 40;

std::string shown(std::string_view path) {
  return std::string(path.substr(0, kMaxShownPath)) + (path.size() > kMaxShownPath ? "…" : "");
}

std::string_view first_segment(std::string_view path) { return split_path(path).front(); }

bool is_variable(std::string_view segment) {
  return segment.size() >= 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

std::string_view PathParams::get(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return {};
}

Router::Router(ErrorResponder errors) : errors_(std::move(errors)) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Status Router::add(std::string method, std::string pattern, RouteHandler handler) {
  if (pattern.empty() || pattern.front() != '/') return invalid("route '" + pattern + "' must begin with '/'");
  auto route = std::make_unique<Route>(Route{std::move(method), std::move(pattern), {}, std::move(handler)});
  const auto parts = split_path(route->pattern);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string_view text = parts[i];
    auto kind = Segment::Kind::literal;
    if (is_variable(text)) {
      text = text.substr(1, text.size() - 2);
      kind = Segment::Kind::one;
      if (text.ends_with('+')) {
        text.remove_suffix(1);
        kind = Segment::Kind::rest;
        if (i + 1 != parts.size()) return invalid("route '" + route->pattern + "': {name+} must be the last segment");
      }
      if (text.empty()) return invalid("route '" + route->pattern + "': a segment has no name");
    }
    if (text.find_first_of("{}") != std::string_view::npos) {
      return invalid("route '" + route->pattern + "': braces must enclose a whole segment");
    }
    route->segments.push_back({kind, std::string(text)});
  }
  const auto rank = [](const Segment& a, const Segment& b) { return a.kind < b.kind; };
  const auto before = [&](const auto& a, const auto& b) {
    return std::lexicographical_compare(a->segments.begin(), a->segments.end(), b->segments.begin(), b->segments.end(),
                                        rank);
  };
  for (const auto& other : routes_) {
    if (other->method == route->method && other->pattern == route->pattern) {
      return Error{ErrorCode::conflict, "route " + route->method + " " + route->pattern + " is there twice"};
    }
  }
  routes_.insert(std::upper_bound(routes_.begin(), routes_.end(), route, before), std::move(route));
  return {};
}

const Router::Route* Router::best(std::string_view method, const std::vector<std::string_view>& segments,
                                  std::string& allow) const {
  std::set<std::string> allowed;
  for (const auto& route : routes_) {
    if (!route->matches(segments)) continue;
    if (route->serves(method)) return route.get();
    allowed.insert(route->method);
    if (route->method == "GET") allowed.insert("HEAD");
  }
  for (const std::string& name : allowed) allow += (allow.empty() ? "" : ", ") + name;
  return nullptr;
}

Router::Miss Router::not_found(std::string_view method, std::string_view path) const {
  // The routes that begin alike are what was most likely meant; without any, all of them.
  std::set<std::string> near;
  std::set<std::string> all;
  for (const auto& route : routes_) {
    const std::string line = route->method + " " + route->pattern;
    all.insert(line);
    if (first_segment(route->pattern) == first_segment(path)) near.insert(line);
  }
  std::string message = "There is no route " + std::string(method) + " " + shown(path) + ".";
  std::string listed;
  std::size_t count = 0;
  const auto& choice = near.empty() ? all : near;
  for (const std::string& line : choice) {
    if (count++ == kMaxListed) {
      listed += ", and more";
      break;
    }
    listed += (listed.empty() ? "" : ", ") + line;
  }
  if (!listed.empty()) message += " Routes: " + listed + ".";
  return {404, "NotFound", std::move(message), {}};
}

std::variant<Router::Match, Router::Miss> Router::find(std::string_view method, std::string_view path) const {
  const auto segments = split_path(path);
  std::string allow;
  const Route* route = best(method, segments, allow);
  if (!route && allow.empty()) return not_found(method, path);
  if (!route) {
    return Miss{405, "MethodNotAllowed",
                "Method " + shown(method) + " is not allowed on " + shown(path) + ". Allowed: " + allow + ".", allow};
  }
  Match match{&route->handler, route->pattern, {}};
  for (std::size_t i = 0; i < route->segments.size(); ++i) {
    const Segment& segment = route->segments[i];
    if (segment.kind == Segment::Kind::literal) continue;
    const auto at = static_cast<std::size_t>(segments[i].data() - path.data());
    auto value = percent_decode(segment.kind == Segment::Kind::rest ? path.substr(at) : segments[i]);
    if (!value) return Miss{400, "BadRequest", "The path is malformed: " + value.error().message + ".", {}};
    match.params.add(segment.text, std::move(*value));
  }
  return match;
}

void Router::serve(HttpRequest request, Reply reply) const {
  auto found = find(request.method, request.path);
  serve(std::move(found), std::move(request), std::move(reply));
}

void Router::serve(std::variant<Match, Miss> found, HttpRequest request, Reply reply) const {
  if (auto* match = std::get_if<Match>(&found)) {
    request.route = match->pattern;
    (*match->handler)(std::move(request), match->params, std::move(reply));
    return;
  }
  const Miss& miss = std::get<Miss>(found);
  HttpResponse response = errors_(miss.status, miss.code, miss.message, &request);
  if (!miss.allow.empty()) response.headers.emplace_back("Allow", miss.allow);
  reply(std::move(response));
}

}  // namespace waybill::net
