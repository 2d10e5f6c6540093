// What the verbs ask the daemon, and how they read its answers.
#include <doctest/doctest.h>

#include "daemon/cli/arn_text.h"
#include "daemon/cli/command_line.h"
#include "daemon/cli/daemon_client.h"
#include "daemon/cli/dead_letter_filter.h"
#include "daemon/cli/item_pages.h"

using namespace waybill;
using namespace waybill::cli;

TEST_CASE("an endpoint may be given without its scheme") {
  CHECK(DaemonClient("localhost:4566").endpoint() == "http://localhost:4566");
  CHECK(DaemonClient("http://127.0.0.1:1/").endpoint() == "http://127.0.0.1:1");
  CHECK(DaemonClient("").endpoint() == "http://127.0.0.1:4566");
}

TEST_CASE("where no daemon answers, that is what people are told") {
  // Port 1 of loopback: nobody listens there.
  const auto answer = DaemonClient("127.0.0.1:1").get("/readyz");
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().message.starts_with("no daemon answers at http://127.0.0.1:1; start one with 'waybill serve'"));
}

TEST_CASE("a refusal is shown as the daemon's words") {
  CHECK(refusal_text(404, R"({"__type":"ResourceNotFoundException","message":"there is no table 'x'"})") ==
        "there is no table 'x' (ResourceNotFoundException)");
  CHECK(refusal_text(502, "<html>") == "the daemon answered 502: <html>");
  CHECK(refusal_text(503, "") == "the daemon answered 503");
  CHECK(refusal_text(400, "{\"message\":\"\\u001b[31m\"}") == "\\u001b[31m");
}

TEST_CASE("query parameters are encoded, empty ones left out") {
  CHECK(query_text({}).empty());
  CHECK(query_text({{"a", ""}, {"b", "x y&z"}, {"c", "1"}}) == "?b=x%20y%26z&c=1");
}

TEST_CASE("a page of items is asked for by its table, key, range and start") {
  ItemsRequest request;
  request.table = "my table/1";
  CHECK(page_path(request, 1000, "") == "/_waybill/tables/my%20table%2F1/items?limit=1000");
  request.key = "";
  request.index = "by status";
  request.from = "-5";
  request.reverse = true;
  CHECK(page_path(request, 7, R"({"id":1})") ==
        "/_waybill/tables/my%20table%2F1/items?index=by%20status&key=&from=-5&reverse=true&limit=7"
        "&start=%7B%22id%22%3A1%7D");
}

TEST_CASE("items come out of a page as spelled") {
  const auto page = read_page("{\"items\":[{\"n\":1.10},{\"n\":12345678901234567890123}],\"next\":{\"n\":1.10}}\n");
  REQUIRE(page.has_value());
  CHECK(page->items == std::vector<std::string_view>{R"({"n":1.10})", R"({"n":12345678901234567890123})"});
  CHECK(page->next == R"({"n":1.10})");
  CHECK(read_page(R"({"items":[]})")->next.empty());
  CHECK_FALSE(read_page("<html>").has_value());
  CHECK_FALSE(read_page(R"({"tables":[]})").has_value());
}

TEST_CASE("a filter of dead letters names target, rule, code and event") {
  CHECK(*parse_filter({"code=TIMEOUT,event=e-1", "rule=arn:aws:events:us-east-1:000000000000:rule/a"}) ==
        FilterPairs{{"code", "TIMEOUT"}, {"event", "e-1"}, {"rule", "arn:aws:events:us-east-1:000000000000:rule/a"}});
  CHECK(parse_filter({})->empty());
  for (const char* wrong : {"", "code", "code=", "=x", "colour=red", "code=a,code=b", "code=a,"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_filter({wrong}).has_value());
  }
}

TEST_CASE("a mistyped verb or option gets the nearest one, a random one gets none") {
  const std::vector<std::string> verbs{"serve", "query", "scan", "put-events", "dead-letters"};
  CHECK(nearest_name("qeury", verbs) == "query");
  CHECK(nearest_name("put-event", verbs) == "put-events");
  CHECK(nearest_name("dead", verbs) == "dead-letters");
  CHECK(nearest_name("frobnicate", verbs).empty());
}

TEST_CASE("ARNs are shortened to what tells them apart") {
  CHECK(resource_of("arn:aws:lambda:us-east-1:000000000000:function:charge") == "function:charge");
  CHECK(resource_of("charge") == "charge");
  CHECK(shorten_arns("target arn:aws:events:us-east-1:000000000000:rule/bus/all f1") == "target rule/bus/all f1");
}
