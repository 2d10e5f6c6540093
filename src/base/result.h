// Errors as values. Every fallible function of the data path returns Result<T>; exceptions stay inside the
// functions that call libraries which throw.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace waybill {

enum class ErrorCode {
  invalid,  // the caller sent something wrong; the message names the field and the rule
  not_found,
  conflict,     // a condition, version or fence did not hold
  limit,        // a quota or size limit
  unavailable,  // full, shedding, stopping or poisoned; trying again later may help
  denied,       // no permission
  timeout,
  io,
  corrupt,
  internal,
};

const char* to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

template <class T>
using Result = boost::system::result<T, Error>;
using Status = Result<void>;

inline Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }
inline Error not_found(std::string message) { return {ErrorCode::not_found, std::move(message)}; }
inline Error internal(std::string message) { return {ErrorCode::internal, std::move(message)}; }

// Called by Result::value() on an error: a bug in the caller, which should have looked.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

}  // namespace waybill

#define WAYBILL_CONCAT_INNER(a, b) a##b
#define WAYBILL_CONCAT(a, b) WAYBILL_CONCAT_INNER(a, b)
// WAYBILL_TRY(auto x, expr): x = the value of expr, or return its error.
#define WAYBILL_TRY(declaration, expression) WAYBILL_TRY_IMPL(WAYBILL_CONCAT(try_, __LINE__), declaration, expression)
#define WAYBILL_TRY_IMPL(name, declaration, expression) \
  auto name = (expression);                             \
  if (!name) return std::move(name).error();            \
  declaration = std::move(*name)
// WAYBILL_CHECK(expr): return the error of a Status, or go on.
#define WAYBILL_CHECK(expression) WAYBILL_CHECK_IMPL(WAYBILL_CONCAT(check_, __LINE__), expression)
#define WAYBILL_CHECK_IMPL(name, expression) \
  if (auto name = (expression); !name) return std::move(name).error()
