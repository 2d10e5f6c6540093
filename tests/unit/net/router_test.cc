#include "net/router.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::net;

namespace {

RouteHandler nothing() {
  return [](HttpRequest, const PathParams&, Reply) {};
}

Router make_router() {
  Router router;
  REQUIRE(router.add("POST", "/", nothing()).has_value());
  REQUIRE(router.add("GET", "/healthz", nothing()).has_value());
  REQUIRE(router.add("GET", "/tables/{name}", nothing()).has_value());
  REQUIRE(router.add("DELETE", "/tables/{name}", nothing()).has_value());
  REQUIRE(router.add("GET", "/tables/list", nothing()).has_value());
  REQUIRE(router.add("POST", "/tables/{name}/items/{key}", nothing()).has_value());
  REQUIRE(router.add("GET", "/api/{rest+}", nothing()).has_value());
  REQUIRE(router.add("GET", "/api/{stage}", nothing()).has_value());
  return router;
}

std::string pattern_of(const Router& router, std::string_view method, std::string_view path) {
  const auto found = router.find(method, path);
  const auto* match = std::get_if<Router::Match>(&found);
  return match ? std::string(match->pattern) : std::to_string(std::get<Router::Miss>(found).status);
}

}  // namespace

TEST_CASE("the most specific pattern wins, in whatever order routes were added") {
  const Router router = make_router();
  CHECK(pattern_of(router, "POST", "/") == "/");
  CHECK(pattern_of(router, "GET", "/tables/list") == "/tables/list");
  CHECK(pattern_of(router, "GET", "/tables/lists") == "/tables/{name}");
  CHECK(pattern_of(router, "GET", "/api/dev") == "/api/{stage}");
  CHECK(pattern_of(router, "GET", "/api/dev/x/y") == "/api/{rest+}");
}

TEST_CASE("a method that only the less specific pattern has is found there") {
  CHECK(pattern_of(make_router(), "DELETE", "/tables/list") == "/tables/{name}");
}

TEST_CASE("a variable stands for exactly one segment that is not empty") {
  const Router router = make_router();
  CHECK(pattern_of(router, "GET", "/tables/") == "404");
  CHECK(pattern_of(router, "GET", "/tables") == "404");
  CHECK(pattern_of(router, "GET", "/tables/a/b") == "404");
  CHECK(pattern_of(router, "GET", "/tables/a/") == "404");
  CHECK(pattern_of(router, "GET", "/api/") == "404");
  CHECK(pattern_of(router, "GET", "/healthz/") == "404");
}

TEST_CASE("parameters are decoded; the rest keeps its slashes") {
  const Router router = make_router();
  auto found = router.find("POST", "/tables/a%2Fb/items/%C3%BC");
  const auto& match = std::get<Router::Match>(found);
  CHECK(match.params.get("name") == "a/b");
  CHECK(match.params.get("key") == "ü");
  CHECK(match.params.get("other") == "");
  found = router.find("GET", "/api/dev/x%20y/z");
  CHECK(std::get<Router::Match>(found).params.get("rest") == "dev/x y/z");
}

TEST_CASE("who has found the route need not have it found again") {
  Router router;
  std::string served;
  const auto handler = [&](HttpRequest request, const PathParams& params, Reply reply) {
    served = std::string(request.route) + " " + std::string(params.get("name"));
    reply({});
  };
  REQUIRE(router.add("GET", "/tables/{name}", handler).has_value());
  unsigned status = 0;
  const auto serve = [&](const char* path) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    auto found = router.find(request.method, request.path);
    router.serve(std::move(found), std::move(request),
                 Reply::to([&](HttpResponse response) { status = response.status; }));
  };
  serve("/tables/a%20b");
  CHECK(served == "/tables/{name} a b");
  CHECK(status == 200);
  serve("/nowhere");
  CHECK(status == 404);
}

TEST_CASE("HEAD is served by GET") {
  const Router router = make_router();
  CHECK(pattern_of(router, "HEAD", "/healthz") == "/healthz");
  CHECK(pattern_of(router, "HEAD", "/") == "405");
}

TEST_CASE("405 lists the allowed methods of that path") {
  const Router router = make_router();
  const auto found = router.find("PUT", "/tables/x");
  const auto& miss = std::get<Router::Miss>(found);
  CHECK(miss.status == 405);
  CHECK(miss.allow == "DELETE, GET, HEAD");
  CHECK(miss.message == "Method PUT is not allowed on /tables/x. Allowed: DELETE, GET, HEAD.");
}

TEST_CASE("404 lists the routes that begin alike, or else all") {
  const Router router = make_router();
  auto found = router.find("GET", "/tables/x/y");
  CHECK(std::get<Router::Miss>(found).message ==
        "There is no route GET /tables/x/y. Routes: DELETE /tables/{name}, GET /tables/list, GET /tables/{name}, "
        "POST /tables/{name}/items/{key}.");
  found = router.find("GET", "/nothing");
  const std::string all = std::get<Router::Miss>(found).message;
  CHECK(all.find("GET /healthz") != std::string::npos);
  CHECK(all.find("POST /,") != std::string::npos);
}

TEST_CASE("a long path or method does not make a long message") {
  const auto found = make_router().find("GET", "/" + std::string(10'000, 'x'));
  CHECK(std::get<Router::Miss>(found).message.size() < 800);
}

TEST_CASE("a malformed escape in a parameter is a 400") {
  const auto found = make_router().find("GET", "/tables/%zz");
  CHECK(std::get<Router::Miss>(found).status == 400);
}

TEST_CASE("a bad pattern or a second route of the same name is refused") {
  Router router;
  for (const char* pattern : {"", "a", "/{}", "/{+}", "/{a+}/b", "/x{a}", "/{a}x", "/a{"}) {
    CAPTURE(pattern);
    const auto status = router.add("GET", pattern, nothing());
    REQUIRE(status.has_error());
    CHECK(status.error().code == ErrorCode::invalid);
  }
  CHECK(router.add("GET", "/a", nothing()).has_value());
  CHECK(router.add("GET", "/a", nothing()).error().code == ErrorCode::conflict);
  CHECK(router.add("PUT", "/a", nothing()).has_value());
}

TEST_CASE("serve calls the handler with the route's pattern, or answers the error in the configured form") {
  Router router([](unsigned status, std::string_view code, std::string_view, const HttpRequest* request) {
    HttpResponse response;
    response.status = status;
    response.body = std::string(code) + " " + request->path;
    return response;
  });
  std::string route;
  const auto added = router.add("GET", "/a/{b}", [&](HttpRequest request, const PathParams& params, Reply reply) {
    route = std::string(request.route) + "=" + std::string(params.get("b"));
    reply({});
  });
  REQUIRE(added.has_value());
  HttpResponse answer;
  const auto serve = [&](const std::string& method, const std::string& path) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    router.serve(std::move(request), Reply::to([&](HttpResponse response) { answer = std::move(response); }));
    return answer.status;
  };
  CHECK(serve("GET", "/a/1") == 200);
  CHECK(route == "/a/{b}=1");
  CHECK(serve("PUT", "/a/1") == 405);
  CHECK(answer.headers.at(0).first == "Allow");
  CHECK(answer.headers.at(0).second == "GET, HEAD");
  CHECK(serve("GET", "/b") == 404);
  CHECK(answer.body == "NotFound /b");
}
