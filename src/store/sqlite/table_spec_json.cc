#include "store/sqlite/table_spec_json.h"

#include <nlohmann/json.hpp>

namespace waybill::store::sqlite {

namespace {

using Json = nlohmann::json;

const char* letter(KeyType type) {
  switch (type) {
    case KeyType::number: return "N";
    case KeyType::binary: return "B";
    case KeyType::string: break;
  }
  return "S";
}

Json attribute_json(const KeyAttribute& attribute) {
  return {{"name", attribute.name}, {"type", letter(attribute.type)}};
}

Json key_json(const KeySchema& key) {
  return {{"partition", attribute_json(key.partition)}, {"sort", key.sort ? attribute_json(*key.sort) : Json()}};
}

// The functions below throw what nlohmann throws; table_spec_from_json catches it.
KeyAttribute attribute_from(const Json& json) {
  const auto type = json.at("type").get<std::string>();
  if (type != "S" && type != "N" && type != "B") throw std::runtime_error("unknown key type " + type);
  return {json.at("name").get<std::string>(), type == "N"   ? KeyType::number
                                              : type == "B" ? KeyType::binary
                                                            : KeyType::string};
}

KeySchema key_from(const Json& json) {
  KeySchema key{attribute_from(json.at("partition")), std::nullopt};
  if (!json.at("sort").is_null()) key.sort = attribute_from(json.at("sort"));
  return key;
}

}  // namespace

std::string to_json(const TableSpec& spec) {
  Json indexes = Json::array();
  for (const IndexSpec& index : spec.indexes) indexes.push_back({{"name", index.name}, {"key", key_json(index.key)}});
  const Json json = {{"id", spec.id.value},       {"name", spec.name},  {"arn", spec.arn},
                     {"key", key_json(spec.key)}, {"indexes", indexes}, {"ttl_attribute", spec.ttl_attribute}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TableSpec> table_spec_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    TableSpec spec;
    spec.id.value = json.at("id").get<std::int64_t>();
    spec.name = json.at("name").get<std::string>();
    spec.arn = json.at("arn").get<std::string>();
    spec.key = key_from(json.at("key"));
    for (const Json& index : json.at("indexes")) {
      spec.indexes.push_back({index.at("name").get<std::string>(), key_from(index.at("key"))});
    }
    spec.ttl_attribute = json.at("ttl_attribute").get<std::string>();
    return spec;
  } catch (const std::exception& error) {
    return Error{ErrorCode::corrupt, std::string("stored table specification: ") + error.what()};
  }
}

}  // namespace waybill::store::sqlite
