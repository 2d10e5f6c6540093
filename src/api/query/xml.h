// Answers of AWS's query protocol: XML.
#pragma once

#include <string>
#include <string_view>

#include "control/fault.h"
#include "net/http.h"

namespace waybill::api {

// Builds elements one after the other. Text is escaped; what XML cannot hold becomes U+FFFD.
class Xml {
 public:
  Xml& open(std::string_view name);
  Xml& close(std::string_view name);
  Xml& text(std::string_view name, std::string_view value);  // one element with that text
  Xml& raw(std::string_view elements);
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

// A service as its answers name it.
struct QueryService {
  const char* xml_namespace;
};
// For errors of calls that reach none.
inline constexpr QueryService kNoService{"http://webservices.amazon.com/AWSFault/2005-15-09"};

// <ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…; result: the elements inside.
net::HttpResponse query_answer(const QueryService& service, const std::string& action, const std::string& result,
                               const std::string& request_id);
// Of an operation whose answer has nothing in it.
net::HttpResponse query_answer_without_result(const QueryService& service, const std::string& action,
                                              const std::string& request_id);
net::HttpResponse query_refusal(const QueryService& service, const control::Fault& fault,
                                const std::string& request_id);

}  // namespace waybill::api
