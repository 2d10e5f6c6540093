// Key attributes as bytes whose order (memcmp, the shorter first) is the order of the values, so that the store needs
// to know no types: strings by their UTF-8 bytes, binary by its unsigned bytes, numbers by their exact value.
//
// A number is: class (0x40 negative, 0x80 zero, 0xC0 positive), then for what is not zero exponent + 130, then two
// digits a byte as 1 to 100; for a negative number exponent and digits are complemented and closed by 0xFF. Stored on
// disk: never change it.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "model/table_spec.h"
#include "table/decimal.h"

namespace waybill::table {

// AWS: DynamoDB quotas, partition and sort key length.
inline constexpr std::size_t kMaxPartitionKeyBytes = 2048;
inline constexpr std::size_t kMaxSortKeyBytes = 1024;

enum class KeyRole { partition, sort };

// Where a key value comes from. A lookup (get, query, delete, start key) may spell a number as a string, because that
// is how a number beyond JSON's integers and doubles comes back; in an item a string is of type S.
enum class KeySource { item, lookup };

struct KeyProblem {
  enum class Kind { wrong_type, empty, too_long, bad_value };
  Kind kind = Kind::bad_value;
  std::string detail;  // wrong_type: the letter of the type it has; bad_value: what is wrong with it
};
using KeyBytes = boost::system::result<std::string, KeyProblem>;

// value is plain JSON; a binary key is a base64 string or JSON binary.
KeyBytes encode_key(KeyType type, KeyRole role, const nlohmann::json& value, KeySource source);
// The plain JSON value again: see Decimal::to_json for numbers; binary as base64.
Result<nlohmann::json> decode_key(KeyType type, std::string_view bytes);

std::string encode_number(const Decimal& number);
Result<Decimal> decode_number(std::string_view bytes);

// A key as a person types it: the string itself, a decimal number, or base64.
Result<nlohmann::json> parse_key_text(KeyType type, std::string_view text);

// AWS's letters: S, N, B; of a plain JSON value also BOOL, NULL, L, M.
const char* type_name(KeyType type);
const char* type_name(const nlohmann::json& value);

// AWS's text for a problem with a key attribute of an item of a table, or of one of its indexes.
std::string describe(const KeyProblem& problem, const KeyAttribute& key, KeyRole role);
std::string describe(const KeyProblem& problem, const KeyAttribute& key, KeyRole role, const std::string& index);

}  // namespace waybill::table
