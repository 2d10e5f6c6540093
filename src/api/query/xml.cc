#include "api/query/xml.h"

namespace waybill::api {

namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

net::HttpResponse xml_response(unsigned status, const std::string& body) {
  net::HttpResponse response;
  response.status = status;
  response.content_type = "text/xml";
  response.body = body + "\n";
  return response;
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#13;"; break;
      case '\n':
      case '\t': out += c; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += kReplacement;
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

Xml& Xml::open(std::string_view name) {
  out_.append("<").append(name).append(">");
  return *this;
}

Xml& Xml::close(std::string_view name) {
  out_.append("</").append(name).append(">");
  return *this;
}

Xml& Xml::text(std::string_view name, std::string_view value) {
  open(name);
  append_escaped(value, out_);
  return close(name);
}

Xml& Xml::raw(std::string_view elements) {
  out_ += elements;
  return *this;
}

net::HttpResponse query_answer(const QueryService& service, const std::string& action, const std::string& result,
                               const std::string& request_id) {
  Xml xml;
  xml.raw("<" + action + "Response xmlns=\"" + service.xml_namespace + "\">");
  xml.open(action + "Result").raw(result).close(action + "Result");
  xml.open("ResponseMetadata").text("RequestId", request_id).close("ResponseMetadata");
  xml.close(action + "Response");
  return xml_response(200, xml.str());
}

net::HttpResponse query_answer_without_result(const QueryService& service, const std::string& action,
                                              const std::string& request_id) {
  Xml xml;
  xml.raw("<" + action + "Response xmlns=\"" + service.xml_namespace + "\">");
  xml.open("ResponseMetadata").text("RequestId", request_id).close("ResponseMetadata");
  xml.close(action + "Response");
  return xml_response(200, xml.str());
}

net::HttpResponse query_refusal(const QueryService& service, const control::Fault& fault,
                                const std::string& request_id) {
  Xml xml;
  xml.raw(std::string("<ErrorResponse xmlns=\"") + service.xml_namespace + "\">").open("Error");
  xml.text("Type", fault.status >= 500 ? "Receiver" : "Sender");
  xml.text("Code", fault.code).text("Message", fault.message).close("Error");
  xml.text("RequestId", request_id).close("ErrorResponse");
  return xml_response(fault.status, xml.str());
}

}  // namespace waybill::api
