// Attribute values in DynamoDB's typed JSON ({"S":"x"}, {"N":"1.5"}, {"M":{…}}), written from and read into plain JSON.
//
// Plain to typed: string S, number N, true and false BOOL, null NULL, array L, object M, JSON binary B
// (waybill/exact_json.h: a number text N).
// Typed to plain: the same back; a number as Decimal::to_json says; B as a base64 string; SS, NS and BS as arrays. So
// sets and binary attributes do not survive a handler that reads an item and writes it whole: they come back as L and
// S.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "table/decimal.h"

namespace waybill::table {

// AWS: DynamoDB quotas, nested attribute depth.
inline constexpr int kMaxNesting = 32;

// Appends attribute values to a text, without a tree in between, and counts what AWS counts: names, values, three bytes
// for a list or map and one for each of its elements. One use: one item. After an error the text is unusable.
class TypedWriter {
 public:
  explicit TypedWriter(std::string& out) : out_(out) {}

  // `"name":{"S":"…"}`, without a comma. Errors (invalid) name the attribute.
  Status attribute(const std::string& name, const nlohmann::json& value);
  // The same for a binary attribute given as bytes.
  Status binary_attribute(const std::string& name, std::string_view bytes);
  // Bytes that count towards the item size so far.
  std::size_t size() const { return size_; }

 private:
  Status name(const std::string& name);
  Status value(const nlohmann::json& value, int depth);
  Status string(const std::string& text);
  Status number(const Result<Decimal>& number);
  Status list(const nlohmann::json& value, int depth);
  Status map(const nlohmann::json& value, int depth);
  template <class Integer>
  void integer(Integer number);
  void binary(std::string_view bytes);

  std::string& out_;
  std::size_t size_ = 0;
};

// The item in a typed body text, as plain JSON. `corrupt` when the text is no typed item.
Result<nlohmann::json> plain_item(std::string_view typed_body);

}  // namespace waybill::table
