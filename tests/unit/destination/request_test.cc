#include "destination/request.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::destination;

namespace {

DestinationSpec to(const std::string& endpoint, ConnectionSpec connection = {}, const std::string& method = "POST") {
  return {"arn:d", "d", endpoint, method, 300, std::make_shared<const ConnectionSpec>(std::move(connection)), true};
}

net::HttpCall built(const DestinationSpec& destination, const HttpParameters& target = {},
                    const std::string& body = "{}", const std::string& token = "") {
  auto call = build_request(destination, target, body, token);
  REQUIRE(call.has_value());
  return *call;
}

// The value of the only field of that exact name, "" when there is none.
std::string field(const net::HttpCall& call, const std::string& name) {
  std::string value;
  int found = 0;
  for (const auto& [key, each] : call.headers) {
    if (key != name) continue;
    value = each;
    ++found;
  }
  CHECK(found <= 1);
  return value;
}

ConnectionSpec with(decltype(ConnectionSpec::auth) auth, AddedParameters invocation = {}) {
  return {"arn:c", std::move(auth), std::move(invocation)};
}

}  // namespace

TEST_CASE("the body is sent as it is, as JSON, under EventBridge's name, with five seconds to answer") {
  const auto call = built(to("https://h/p"), {}, R"({"n": 1.0})");
  CHECK(call.method == "POST");
  CHECK(call.url == "https://h/p");
  CHECK(call.body == R"({"n": 1.0})");
  CHECK(field(call, "Content-Type") == "application/json");
  CHECK(field(call, "User-Agent") == "Amazon/EventBridge/ApiDestinations");
  CHECK(call.timeout == std::chrono::seconds{5});
}

TEST_CASE("each * of the path takes a path value, encoded; others stay") {
  CHECK(built(to("https://h/a/*/b/*?q=*"), {{"x/y", "2"}, {}, {}}).url == "https://h/a/x%2Fy/b/2?q=*");
  CHECK(built(to("https://h/a"), {{"unused"}, {}, {}}).url == "https://h/a");
  CHECK(built(to("https://h"), {{"unused"}, {}, {}}).url == "https://h");
  const auto missing = build_request(to("https://h/*/*"), {{"one"}, {}, {}}, "{}", "");
  CHECK(missing.error().message ==
        "PathParameterValues has 1 values, but the path of the InvocationEndpoint has more '*' to be replaced");
}

TEST_CASE("query parameters join those of the endpoint, the connection's beat the target's") {
  const AddedParameters added{{}, {{"k", "connection", false}, {"z", "a b", false}}, {}};
  const HttpParameters target{{}, {}, {{"k", "target"}, {"t", "1"}}};
  CHECK(built(to("https://h/p?own=1#part", with({}, added)), target).url ==
        "https://h/p?own=1&k=connection&t=1&z=a%20b");
  CHECK(built(to("https://h/p?", with({}, added))).url == "https://h/p?k=connection&z=a%20b");
}

TEST_CASE("headers: the connection's beat the target's, authorization beats both, case does not matter") {
  const AddedParameters added{{{"x-a", "connection", false}, {"authorization", "mine", false}}, {}, {}};
  const HttpParameters target{{}, {{"X-A", "target"}, {"X-B", "target"}, {"content-type", "text/plain"}}, {}};
  const auto call = built(to("https://h", with(BasicAuth{"user", "pass"}, added)), target);
  CHECK(field(call, "X-A") == "");
  CHECK(field(call, "x-a") == "connection");
  CHECK(field(call, "X-B") == "target");
  CHECK(field(call, "Content-Type") == "");
  CHECK(field(call, "content-type") == "text/plain");
  CHECK(field(call, "authorization") == "");
  CHECK(field(call, "Authorization") == "Basic dXNlcjpwYXNz");
}

TEST_CASE("headers that frame the message or name the sender cannot be set") {
  const HttpParameters target{{}, {{"host", "other"}, {"Content-Length", "1"}, {"User-Agent", "me"}}, {}};
  const auto call = built(to("https://h"), target);
  CHECK(call.headers.size() == 2);
  CHECK(field(call, "User-Agent") == "Amazon/EventBridge/ApiDestinations");
}

TEST_CASE("no parameter can put a line break into the request") {
  const auto refused = [](const std::string& name, const std::string& value) {
    const auto call = build_request(to("https://h"), {{}, {{name, value}}, {}}, "{}", "");
    return call.has_error() && call.error().message.find("evil") == std::string::npos;
  };
  CHECK(refused("X-A", "1\r\nX-B: evil"));
  CHECK(refused("X-A", std::string("1\0evil", 6)));
  CHECK(refused("X-A: 1\r\nX-B", "2"));
  CHECK(refused("X A", "2"));
  CHECK(refused("", "2"));
  CHECK_FALSE(refused("X-A", "a\tb \xC3\xA9"));
  CHECK(build_request(to("https://h", with(ApiKeyAuth{"X-Key", "a\nb"})), {}, "{}", "").has_error());
  CHECK(build_request(to("https://h", with(OAuth{})), {}, "{}", "a\nb").has_error());
}

TEST_CASE("an API key is a header, a token is a bearer's") {
  CHECK(field(built(to("https://h", with(ApiKeyAuth{"X-Key", "v"}))), "X-Key") == "v");
  CHECK(field(built(to("https://h", with(OAuth{})), {}, "{}", "tok"), "Authorization") == "Bearer tok");
}

TEST_CASE("body parameters become members of an object, and leave another body alone") {
  const ConnectionSpec connection = with({}, {{}, {}, {{"team", "a", false}, {"n", "2", false}}});
  CHECK(built(to("https://h", connection), {}, R"({"n":1,"m":[true]})").body == R"({"n":"2","m":[true],"team":"a"})");
  CHECK(built(to("https://h", connection), {}, R"("text")").body == R"("text")");
  CHECK(built(to("https://h", connection), {}, "no JSON").body == "no JSON");
}

TEST_CASE("GET and HEAD carry no body, DELETE does") {
  CHECK(built(to("https://h", {}, "GET")).body == "");
  CHECK(built(to("https://h", {}, "HEAD")).body == "");
  CHECK(built(to("https://h", {}, "DELETE")).body == "{}");
}

TEST_CASE("a token is asked for with a form") {
  const OAuth oauth{"https://a/token",
                    "POST",
                    "id",
                    "s&t",
                    {{{"X-A", "1", false}}, {{"q", "1", false}}, {{"audience", "a b", false}}}};
  const auto call = build_token_request(oauth);
  REQUIRE(call.has_value());
  CHECK(call->method == "POST");
  CHECK(call->url == "https://a/token?q=1");
  CHECK(call->body == "grant_type=client_credentials&client_id=id&client_secret=s%26t&audience=a%20b");
  CHECK(field(*call, "Content-Type") == "application/x-www-form-urlencoded");
  CHECK(field(*call, "X-A") == "1");
}

TEST_CASE("the connection's own OAuth parameters beat the form's, and a GET has them in its query") {
  const OAuth oauth{"https://a/token", "GET", "id", "s", {{}, {}, {{"grant_type", "password", false}}}};
  const auto call = build_token_request(oauth);
  CHECK(call->body == "");
  CHECK(call->url == "https://a/token?grant_type=password&client_id=id&client_secret=s");
}

TEST_CASE("secrets are known in every spelling that a request carries") {
  using List = std::vector<std::string>;
  const AddedParameters added{{{"a", "hidden", true}, {"b", "open", false}}, {}, {}};
  CHECK(secrets_of(with(BasicAuth{"user", "pa/ss"}, added)) ==
        List{"pa/ss", "pa%2Fss", "dXNlcjpwYS9zcw==", "dXNlcjpwYS9zcw%3D%3D", "hidden"});
  CHECK(secrets_of(with(ApiKeyAuth{"k", "v"})) == List{"v"});
  CHECK(secrets_of(with(OAuth{"", "", "id", "s", {{}, {}, {{"p", "q", true}}}})) == List{"s", "q"});
}
