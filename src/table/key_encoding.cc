#include "table/key_encoding.h"

#include <array>
#include <utility>

#include "base/base64.h"
#include "waybill/exact_json.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

constexpr unsigned char kNegative = 0x40;
constexpr unsigned char kZero = 0x80;
constexpr unsigned char kPositive = 0xC0;
constexpr unsigned char kNegativeEnd = 0xFF;

KeyProblem problem(KeyProblem::Kind kind, std::string detail = "") { return {kind, std::move(detail)}; }

KeyBytes checked(KeyRole role, std::string bytes) {
  if (bytes.empty()) return problem(KeyProblem::Kind::empty);
  const std::size_t limit = role == KeyRole::partition ? kMaxPartitionKeyBytes : kMaxSortKeyBytes;
  if (bytes.size() > limit) return problem(KeyProblem::Kind::too_long);
  return bytes;
}

KeyBytes encode_number_value(const Json& value, KeySource source) {
  Result<Decimal> number = Decimal();
  switch (value.type()) {
    case Json::value_t::number_integer: number = Decimal::of(value.get<std::int64_t>()); break;
    case Json::value_t::number_unsigned: number = Decimal::of(value.get<std::uint64_t>()); break;
    case Json::value_t::number_float: number = Decimal::of(value.get<double>()); break;
    case Json::value_t::string:
      if (source == KeySource::lookup) {
        number = Decimal::parse(value.get_ref<const std::string&>());
        break;
      }
      [[fallthrough]];
    default:
      if (!is_number_text(value)) return problem(KeyProblem::Kind::wrong_type, type_name(value));
      number = Decimal::parse(number_text_of(value));
  }
  if (!number) return problem(KeyProblem::Kind::bad_value, number.error().message);
  return encode_number(*number);
}

KeyBytes encode_binary_value(KeyRole role, const Json& value) {
  if (value.is_binary() && !is_number_text(value)) {
    const auto& bytes = value.get_binary();
    return checked(role, std::string(bytes.begin(), bytes.end()));
  }
  if (!value.is_string()) return problem(KeyProblem::Kind::wrong_type, type_name(value));
  auto bytes = from_base64(value.get_ref<const std::string&>());
  if (!bytes) return problem(KeyProblem::Kind::bad_value, "a binary key must be a base64 string");
  return checked(role, std::move(*bytes));
}

std::string describe_size(KeyRole role) {
  // The missing space is AWS's.
  return role == KeyRole::partition
             ? "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
               "bytes"
             : "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
               "limit of 1024 bytes";
}

std::string empty_kind(KeyType type) { return type == KeyType::binary ? "binary" : "string"; }

}  // namespace

std::string encode_number(const Decimal& number) {
  if (number.is_zero()) return std::string(1, static_cast<char>(kZero));
  std::array<unsigned char, 3 + Decimal::kMaxDigits / 2> bytes;
  std::size_t size = 0;
  bytes[size++] = number.negative() ? kNegative : kPositive;
  const auto exponent = static_cast<unsigned>(number.exponent() - Decimal::kMinExponent);
  const unsigned flip = number.negative() ? 0xFFU : 0U;
  bytes[size++] = static_cast<unsigned char>(exponent ^ flip);
  const std::string_view digits = number.digits();
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto tens = static_cast<unsigned>(digits[i] - '0');
    const auto ones = i + 1 < digits.size() ? static_cast<unsigned>(digits[i + 1] - '0') : 0U;
    bytes[size++] = static_cast<unsigned char>((tens * 10 + ones + 1) ^ flip);
  }
  // A prefix sorts first; of two negative numbers the one with more digits does.
  if (number.negative()) bytes[size++] = kNegativeEnd;
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

Result<Decimal> decode_number(std::string_view bytes) {
  const Error corrupt{ErrorCode::corrupt, "a stored number key is damaged"};
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() == 1 && at(0) == kZero) return Decimal();
  if (bytes.size() < 3 || (at(0) != kNegative && at(0) != kPositive)) return corrupt;
  const bool negative = at(0) == kNegative;
  const unsigned flip = negative ? 0xFFU : 0U;
  if (negative) {
    if (at(bytes.size() - 1) != kNegativeEnd) return corrupt;
    bytes.remove_suffix(1);
  }
  std::string digits;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    const unsigned pair = at(i) ^ flip;
    if (pair < 1 || pair > 100) return corrupt;
    digits += static_cast<char>('0' + (pair - 1) / 10);
    digits += static_cast<char>('0' + (pair - 1) % 10);
  }
  if (!digits.empty() && digits.back() == '0') digits.pop_back();
  const auto number = Decimal::of_parts(negative, static_cast<int>(at(1) ^ flip) + Decimal::kMinExponent, digits);
  if (!number) return corrupt;
  return *number;
}

KeyBytes encode_key(KeyType type, KeyRole role, const Json& value, KeySource source) {
  switch (type) {
    case KeyType::number: return encode_number_value(value, source);
    case KeyType::binary: return encode_binary_value(role, value);
    case KeyType::string: break;
  }
  if (!value.is_string()) return problem(KeyProblem::Kind::wrong_type, type_name(value));
  return checked(role, value.get_ref<const std::string&>());
}

Result<Json> decode_key(KeyType type, std::string_view bytes) {
  switch (type) {
    case KeyType::number: {
      WAYBILL_TRY(const Decimal number, decode_number(bytes));
      return json_result(number.to_json());
    }
    case KeyType::binary: return json_result(to_base64(bytes));
    case KeyType::string: break;
  }
  return json_result(std::string(bytes));
}

Result<Json> parse_key_text(KeyType type, std::string_view text) {
  if (type == KeyType::number) {
    WAYBILL_TRY(const Decimal number, Decimal::parse(text));
    return json_result(number.to_json());
  }
  if (text.empty()) return invalid("a key cannot be empty");
  if (type == KeyType::binary && !from_base64(text)) {
    return invalid("the key is of type B (binary) and must be given as base64, e.g. d2F5YmlsbA==");
  }
  return json_result(std::string(text));
}

const char* type_name(KeyType type) {
  switch (type) {
    case KeyType::string: return "S";
    case KeyType::number: return "N";
    case KeyType::binary: return "B";
  }
  return "S";
}

const char* type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
    case Json::value_t::discarded: return "NULL";
    case Json::value_t::boolean: return "BOOL";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float: return "N";
    case Json::value_t::string: return "S";
    case Json::value_t::binary: return is_number_text(value) ? "N" : "B";
    case Json::value_t::array: return "L";
    case Json::value_t::object: return "M";
  }
  return "NULL";
}

std::string describe(const KeyProblem& problem, const KeyAttribute& key, KeyRole role) {
  switch (problem.kind) {
    case KeyProblem::Kind::wrong_type:
      return "One or more parameter values were invalid: Type mismatch for key " + key.name +
             " expected: " + type_name(key.type) + " actual: " + problem.detail;
    case KeyProblem::Kind::empty:
      return "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
             "empty " +
             empty_kind(key.type) + " value. Key: " + key.name;
    case KeyProblem::Kind::too_long: return describe_size(role);
    case KeyProblem::Kind::bad_value: return problem.detail;
  }
  return problem.detail;
}

std::string describe(const KeyProblem& problem, const KeyAttribute& key, KeyRole role, const std::string& index) {
  switch (problem.kind) {
    case KeyProblem::Kind::wrong_type:
      return "One or more parameter values were invalid: Type mismatch for Index Key " + key.name +
             " Expected: " + type_name(key.type) + " Actual: " + problem.detail + " IndexName: " + index;
    case KeyProblem::Kind::empty:
      return "One or more parameter values are not valid. A value specified for a secondary index key is not "
             "supported. The AttributeValue for a key attribute cannot contain an empty " +
             empty_kind(key.type) + " value. IndexName: " + index + ", IndexKey: " + key.name;
    case KeyProblem::Kind::too_long:
    case KeyProblem::Kind::bad_value: break;
  }
  return describe(problem, key, role);
}

}  // namespace waybill::table
