#include "api/query/query_call.h"

#include <doctest/doctest.h>

#include "api/aws_error.h"
#include "api/query/xml.h"

using namespace waybill;
using namespace waybill::api;

namespace {

net::HttpRequest form_post(const std::string& body, const std::string& query = "") {
  net::HttpRequest request;
  request.method = "POST";
  request.path = "/";
  request.query = query;
  request.body = body;
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

QueryCall call_of(const std::string& body) { return QueryCall::parse(form_post(body)).value(); }

}  // namespace

TEST_CASE("a call of the query protocol has its action in a form or in the query string") {
  CHECK(QueryCall::is_one(form_post("Version=1&Action=Publish")));
  CHECK(QueryCall::is_one(form_post("", "Action=Publish")));
  CHECK_FALSE(QueryCall::is_one(form_post("Version=1&NoAction=Publish")));
  net::HttpRequest json = form_post("");
  json.headers = {};
  json.headers.add("Content-Type", "application/x-amz-json-1.1");
  json.body = "Action=Publish";
  CHECK_FALSE(QueryCall::is_one(json));
}

TEST_CASE("values are decoded, and the body wins over the query string") {
  const auto call = QueryCall::parse(form_post("Message=a+%26%20b", "Message=other&Action=Publish")).value();
  CHECK(call.text("Message") == "a & b");
  CHECK(call.action() == "Publish");
  CHECK(call.text("Subject").empty());
  CHECK_FALSE(call.has("Subject"));
  CHECK(QueryCall::parse(form_post("Message=%zz")).error().code == ErrorCode::invalid);
}

TEST_CASE("lists and maps come in order of their numbers") {
  const auto call = call_of(
      "TagKeys.member.10=j&TagKeys.member.2=b&TagKeys.member.1=a&TagKeys.member.x=no&"
      "Attributes.entry.1.key=A&Attributes.entry.1.value=1&Attributes.entry.2.key=B&Attributes.entry.2.value=2");
  CHECK(call.members("TagKeys") == std::vector<std::string>{"a", "b", "j"});
  CHECK(call.map("Attributes") == std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}});
  CHECK(call.items("Attributes") == std::vector<std::string>{"Attributes.entry.1", "Attributes.entry.2"});
  CHECK(call.members("Attribute").empty());
}

TEST_CASE("answers are XML in the form that clients read, whatever a text holds") {
  const QueryService service{"http://sns.amazonaws.com/doc/2010-03-31/"};
  CHECK(query_answer(service, "Publish", Xml().text("MessageId", "1").str(), "r").body ==
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1</MessageId>"
        "</PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>\n");
  const auto refused = query_refusal(service, {"NotFound", "no <topic> & \x01", 404}, "r");
  CHECK(refused.status == 404);
  CHECK(refused.content_type == "text/xml");
  CHECK(refused.body.find("<Type>Sender</Type><Code>NotFound</Code><Message>no &lt;topic&gt; &amp; \xef\xbf\xbd"
                          "</Message></Error><RequestId>r</RequestId>") != std::string::npos);
}

TEST_CASE("a form that is not UTF-8 is refused by the name of its parameter") {
  const auto problem = [](const std::string& body) { return QueryCall::parse(form_post(body)).error().message; };
  CHECK(problem("Action=Publish&Message=%ff") == "the parameter Message is not UTF-8");
  CHECK(problem("Action=Publish&%ff=x") == "the name of a parameter is not UTF-8");
  CHECK(QueryCall::parse(form_post("", "Action=%c3%28")).has_error());
}

TEST_CASE("what the server refuses by itself is XML where the request is one of the query protocol") {
  const auto type = [](const net::HttpRequest& request) {
    return server_error(403, "Forbidden", "no", &request).content_type;
  };
  CHECK(type(form_post("Action=Publish")) == "text/xml");
  CHECK(type(form_post("", "Action=Publish")) == "text/xml");
  CHECK(type(form_post("")) == "text/xml");  // refused before its body was read
  net::HttpRequest queue = form_post("");
  queue.path = "/000000000000/jobs";
  CHECK(type(queue) == "text/xml");
  net::HttpRequest events = form_post("");
  events.path = "/events";  // curl sends everything as a form
  CHECK(type(events) == "application/json");
  CHECK(type(form_post("{}")) == "application/json");
  const auto refused = server_error(405, "MethodNotAllowed", "a & b", &queue);
  CHECK(refused.status == 405);
  CHECK(refused.body ==
        "<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\"><Error><Type>Sender</Type>"
        "<Code>MethodNotAllowed</Code><Message>a &amp; b</Message></Error><RequestId></RequestId></ErrorResponse>\n");
}
