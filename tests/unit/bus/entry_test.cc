#include "bus/entry.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

using namespace waybill;
using waybill::testing::entry;

namespace {

std::string code_of(const bus::Entry& sent) {
  std::string detail;
  const auto refused = bus::check_entry(sent, detail);
  return refused ? refused->error_code + ": " + refused->error_message : "good";
}

}  // namespace

TEST_CASE("a good entry passes, and its detail is made compact") {
  std::string detail = "before:";
  CHECK_FALSE(bus::check_entry(entry("{ \"n\" : 300.0 }"), detail));
  CHECK(detail == "before:{\"n\":300.0}");
}

TEST_CASE("each thing that can be wrong has AWS's code and text") {
  bus::Entry sent = entry();
  sent.source = "";
  CHECK(code_of(sent) == "InvalidArgument: Parameter Source is not valid. Reason: Source is a required argument.");
  sent = entry();
  sent.detail_type = "";
  CHECK(code_of(sent) ==
        "InvalidArgument: Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  CHECK(code_of(entry("")) == "InvalidArgument: Parameter Detail is not valid. Reason: Detail is a required argument.");
  for (const char* detail : {"[1]", "\"text\"", "{", "not json", "\"{\\\"a\\\":1}\""}) {
    CAPTURE(detail);
    CHECK(code_of(entry(detail)) == "MalformedDetail: Detail is malformed.");
  }
  CHECK(code_of(entry("{}", "aws.ec2")) == "NotAuthorizedForSourceException: Not authorized for the source.");
}

TEST_CASE("the first failing check wins, in AWS's order") {
  bus::Entry sent;
  CHECK(code_of(sent).find("Source") != std::string::npos);
  sent.source = "aws.ec2";
  CHECK(code_of(sent).find("DetailType") != std::string::npos);
  sent.detail_type = "t";
  CHECK(code_of(sent).find("Detail is a required") != std::string::npos);
  sent.detail = "broken";
  CHECK(code_of(sent) == "MalformedDetail: Detail is malformed.");
}
