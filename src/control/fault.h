// What an operation of the control plane answers when it refuses: the error's code and text of AWS's protocol.
#pragma once

#include <string>

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

namespace waybill::control {

using Json = nlohmann::json;

struct Fault {
  std::string code;  // "ResourceNotFoundException", …
  std::string message;
  unsigned status = 400;

  Fault() = default;
  // Not an aggregate: those can be made of a single Json, and an Answer<Json> could not be told from its Fault.
  Fault(std::string code_, std::string message_, unsigned status_ = 400)
      : code(std::move(code_)), message(std::move(message_)), status(status_) {}
};

// Result::value() on a fault: a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
  throw std::runtime_error(fault.code + ": " + fault.message);
}

template <class T = void>
using Answer = boost::system::result<T, Fault>;

inline Fault not_valid(std::string message) { return {"ValidationException", std::move(message)}; }
inline Fault not_there(std::string message) { return {"ResourceNotFoundException", std::move(message)}; }
inline Fault already_there(std::string message) { return {"ResourceAlreadyExistsException", std::move(message)}; }
inline Fault over_limit() {
  return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}
inline Fault internal_fault(std::string message) { return {"InternalException", std::move(message), 500}; }

}  // namespace waybill::control
