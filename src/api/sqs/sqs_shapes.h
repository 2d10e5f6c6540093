// What SQS's requests and answers look like, once for both of its protocols. Values are kept in the form of the JSON
// protocol; the names of the query protocol stand beside them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace waybill::api {

enum class SqsKind { text, integer, boolean, blob, structure, list, map };

struct SqsShape;

struct SqsMember {
  std::string_view name;   // in JSON
  std::string_view query;  // in forms and XML; of a list or map that of each element: "Attribute" is Attribute.1
  const SqsShape& shape;
  bool required = false;
};

struct SqsShape {
  SqsKind kind = SqsKind::text;
  std::span<const SqsMember> members{};  // of a structure
  const SqsShape* element = nullptr;     // of a list or a map
  std::string_view key{};                // of a map in the query protocol: what its entries call their keys
};

constexpr SqsShape sqs_structure(std::span<const SqsMember> members) {
  return {.kind = SqsKind::structure, .members = members};
}
constexpr SqsShape sqs_list(const SqsShape& element) { return {.kind = SqsKind::list, .element = &element}; }
constexpr SqsShape sqs_map(const SqsShape& value, std::string_view key) {
  return {.kind = SqsKind::map, .element = &value, .key = key};
}

// One operation: members of its request and of its answer. An operation without members of an answer has no
// <…Result> in the query protocol.
struct SqsOperationModel {
  std::string_view name;
  std::span<const SqsMember> request;
  std::span<const SqsMember> answer;
};

// Null for one that SQS does not have.
const SqsOperationModel* sqs_operation_model(std::string_view name);
// All, sorted by name.
std::span<const SqsOperationModel> sqs_operation_models();

}  // namespace waybill::api
