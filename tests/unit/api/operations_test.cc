#include "api/operations.h"

#include <doctest/doctest.h>

using namespace waybill::api;

TEST_CASE("an operation that Waybill does not have is named in the answer") {
  const AwsError error = unknown_operation("AWSEvents.PutEvent", "");
  CHECK(error.code == "UnknownOperationException");
  CHECK(error.message.find("AWSEvents.PutEvent is not supported") != std::string::npos);
  CHECK(error.message.find("AWSEvents.PutEvents") != std::string::npos);
  CHECK(error.status == 400);
}

TEST_CASE("an operation of AWS's that Waybill leaves out is named without a guess") {
  CHECK(unknown_operation("AWSEvents.ListEndpoints", "").message ==
        "The operation AWSEvents.ListEndpoints is not supported by Waybill.");
}

TEST_CASE("the query protocol's action is named too") {
  CHECK(unknown_operation("", "Action=SendMessage&Version=1").message.find("SendMessage") != std::string::npos);
  CHECK(unknown_operation("", "Version=1&Action=Publish").message.find("Publish") != std::string::npos);
}

TEST_CASE("a request without any operation hears what to send") {
  CHECK(unknown_operation("", "").message.find("X-Amz-Target") != std::string::npos);
}

TEST_CASE("an action of the query protocol has that protocol's code") {
  CHECK(unknown_action("CreateStack").code == "InvalidAction");
  CHECK(unknown_action("CreateStack").message == "The operation CreateStack is not supported by Waybill.");
  CHECK(unknown_action(std::string(100'000, 'x')).message.size() < 400);
}

TEST_CASE("a hostile operation name is cut") {
  CHECK(unknown_operation(std::string(100'000, 'x'), "").message.size() < 400);
}
