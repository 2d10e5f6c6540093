#include "table/table_definition.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/arn.h"
#include "table/table_error.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

constexpr const char* kInvalid = "One or more parameter values were invalid: ";
constexpr std::size_t kMaxKeyAttributeName = 255;

std::string joined(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + name;
  return out + "]";
}

bool is_name(const std::string& text) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return text.size() >= 3 && text.size() <= 255 && std::all_of(text.begin(), text.end(), legal);
}

// Where a value stands, for errors: "KeySchema/0/KeyType".
std::string below(const std::string& path, const std::string& part) { return path.empty() ? part : path + "/" + part; }

Result<std::string> text_at(const Json& object, const std::string& name, const std::string& path) {
  const auto value = object.find(name);
  if (value == object.end()) return invalid(below(path, name) + " is missing");
  if (!value->is_string()) return invalid(below(path, name) + " must be a string");
  return value->get<std::string>();
}

// The objects of a list property. Missing is empty where it may be.
Result<std::vector<const Json*>> objects_at(const Json& object, const std::string& name, const std::string& path,
                                            bool required) {
  std::vector<const Json*> objects;
  const auto list = object.find(name);
  if (list == object.end() || list->is_null()) {
    if (required) return invalid(below(path, name) + " is missing");
    return objects;
  }
  if (!list->is_array()) return invalid(below(path, name) + " must be a list");
  for (const Json& element : *list) {
    if (!element.is_object()) {
      return invalid(below(path, name) + "/" + std::to_string(objects.size()) + " must be an object");
    }
    objects.push_back(&element);
  }
  return objects;
}

// Reads one table's properties. Lives for one call of spec_from_resource.
class Definition {
 public:
  Definition(const Json& properties, TableSpec& spec) : properties_(properties), spec_(spec) {}

  Status read() {
    WAYBILL_CHECK(read_attributes());
    WAYBILL_TRY(spec_.key, read_key(properties_, ""));
    WAYBILL_CHECK(read_global_indexes());
    WAYBILL_CHECK(read_local_indexes());
    WAYBILL_CHECK(check_all_attributes_are_used());
    return read_ttl();
  }

 private:
  Status read_attributes() {
    const std::string name = "AttributeDefinitions";
    WAYBILL_TRY(const auto definitions, objects_at(properties_, name, "", true));
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      const std::string path = below(name, std::to_string(i));
      WAYBILL_TRY(const std::string attribute, text_at(*definitions[i], "AttributeName", path));
      WAYBILL_TRY(const std::string type, text_at(*definitions[i], "AttributeType", path));
      if (attribute.empty() || attribute.size() > kMaxKeyAttributeName) {
        return invalid(path + "/AttributeName must have 1 to 255 bytes");
      }
      if (type != "S" && type != "N" && type != "B") {
        return invalid(path + "/AttributeType must be one of S, N, B, not " + type);
      }
      const KeyType key_type = type == "N" ? KeyType::number : (type == "B" ? KeyType::binary : KeyType::string);
      if (!attributes_.emplace(attribute, key_type).second) {
        return invalid(kInvalid + std::string("Duplicate AttributeName in AttributeDefinitions: ") + attribute);
      }
      names_.push_back(attribute);
    }
    return {};
  }

  Result<KeySchema> read_key(const Json& object, const std::string& owner) {
    const std::string path = below(owner, "KeySchema");
    WAYBILL_TRY(const auto elements, objects_at(object, "KeySchema", owner, true));
    if (elements.empty() || elements.size() > 2) return invalid(path + " must have one or two elements");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string element = below(path, std::to_string(i));
      WAYBILL_TRY(std::string name, text_at(*elements[i], "AttributeName", element));
      WAYBILL_TRY(const std::string type, text_at(*elements[i], "KeyType", element));
      if (i == 0 && type != "HASH") {
        return invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
      }
      if (i == 1 && type != "RANGE") {
        return invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
      }
      names.push_back(std::move(name));
    }
    if (names.size() == 2 && names[0] == names[1]) {
      return invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    KeySchema key;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto defined = attributes_.find(names[i]);
      if (defined == attributes_.end()) {
        return invalid(kInvalid + std::string("Some index key attributes are not defined in AttributeDefinitions. ") +
                       "Keys: " + joined(names) + ", AttributeDefinitions: " + joined(names_));
      }
      used_.insert(names[i]);
      (i == 0 ? key.partition : key.sort.emplace()) = {names[i], defined->second};
    }
    return key;
  }

  Result<IndexSpec> read_index(const Json& object, const std::string& path) {
    IndexSpec index;
    WAYBILL_TRY(index.name, text_at(object, "IndexName", path));
    if (!is_name(index.name)) {
      return invalid(path + "/IndexName must have 3 to 255 characters of a-z, A-Z, 0-9, _, - and .");
    }
    if (!index_names_.insert(index.name).second) {
      return invalid(kInvalid + std::string("Duplicate index name: ") + index.name);
    }
    WAYBILL_TRY(index.key, read_key(object, path));
    WAYBILL_CHECK(check_projection(object, path));
    return index;
  }

  static Status check_projection(const Json& index, const std::string& path) {
    const auto projection = index.find("Projection");
    if (projection == index.end() || projection->is_null()) return invalid(path + "/Projection is missing");
    if (!projection->is_object()) return invalid(path + "/Projection must be an object");
    WAYBILL_TRY(const std::string type, text_at(*projection, "ProjectionType", path + "/Projection"));
    if (type != "ALL" && type != "KEYS_ONLY" && type != "INCLUDE") {
      return invalid(kInvalid + std::string("Unknown ProjectionType: ") + type);
    }
    return {};
  }

  Status read_global_indexes() {
    WAYBILL_TRY(const auto objects, objects_at(properties_, "GlobalSecondaryIndexes", "", false));
    if (objects.size() > kMaxGlobalIndexes) {
      return invalid(kInvalid + std::string("GlobalSecondaryIndex count exceeds the per-table limit of 20"));
    }
    for (std::size_t i = 0; i < objects.size(); ++i) {
      WAYBILL_TRY(auto index, read_index(*objects[i], "GlobalSecondaryIndexes/" + std::to_string(i)));
      spec_.indexes.push_back(std::move(index));
    }
    return {};
  }

  Status read_local_indexes() {
    WAYBILL_TRY(const auto objects, objects_at(properties_, "LocalSecondaryIndexes", "", false));
    if (!objects.empty() && !spec_.key.sort) {
      return invalid(kInvalid + std::string("Table KeySchema does not have a range key, which is required when "
                                            "specifying a LocalSecondaryIndex"));
    }
    if (objects.size() > kMaxLocalIndexes) {
      return invalid(kInvalid + std::string("Number of LocalSecondaryIndexes exceeds per-table limit of 5"));
    }
    for (std::size_t i = 0; i < objects.size(); ++i) {
      WAYBILL_TRY(auto index, read_index(*objects[i], "LocalSecondaryIndexes/" + std::to_string(i)));
      if (!index.key.sort) {
        return invalid(kInvalid + std::string("Index KeySchema does not have a range key for index: ") + index.name);
      }
      if (index.key.partition.name != spec_.key.partition.name) {
        return invalid(kInvalid +
                       std::string("Index KeySchema does not have the same leading hash key as table KeySchema for "
                                   "index: ") +
                       index.name + ". index hash key: " + index.key.partition.name +
                       ", table hash key: " + spec_.key.partition.name);
      }
      spec_.indexes.push_back(std::move(index));
    }
    return {};
  }

  Status check_all_attributes_are_used() const {
    if (used_.size() == attributes_.size()) return {};
    if (spec_.indexes.empty()) {
      return invalid(kInvalid + std::string("Number of attributes in KeySchema does not exactly match number of "
                                            "attributes defined in AttributeDefinitions"));
    }
    return invalid(kInvalid + std::string("Some AttributeDefinitions are not used. AttributeDefinitions: ") +
                   joined(names_) + ", keys used: " + joined({used_.begin(), used_.end()}));
  }

  Status read_ttl() {
    const auto ttl = properties_.find("TimeToLiveSpecification");
    if (ttl == properties_.end() || ttl->is_null()) return {};
    const std::string path = "TimeToLiveSpecification";
    if (!ttl->is_object()) return invalid(path + " must be an object");
    const auto enabled = ttl->find("Enabled");
    if (enabled == ttl->end()) return invalid(path + "/Enabled is missing");
    // Parameters of a template are strings.
    if (!enabled->is_boolean() && *enabled != "true" && *enabled != "false") {
      return invalid(path + "/Enabled must be true or false");
    }
    if (*enabled == false || *enabled == "false") return {};
    WAYBILL_TRY(spec_.ttl_attribute, text_at(*ttl, "AttributeName", path));
    if (spec_.ttl_attribute.empty() || spec_.ttl_attribute.size() > kMaxKeyAttributeName) {
      return invalid(path + "/AttributeName must have 1 to 255 bytes");
    }
    return {};
  }

  const Json& properties_;
  TableSpec& spec_;
  std::map<std::string, KeyType> attributes_;
  std::vector<std::string> names_;  // of attributes_, in their order
  std::set<std::string> used_;
  std::set<std::string> index_names_;
};

const IndexSpec* find_index(const TableSpec& spec, const IndexSpec& index) {
  const auto found = std::find(spec.indexes.begin(), spec.indexes.end(), index);
  return found == spec.indexes.end() ? nullptr : &*found;
}

// What differs between two shapes besides the TTL attribute; empty when nothing does.
std::string difference(const TableSpec& before, const TableSpec& after) {
  if (before.key != after.key) return "its key schema changed";
  for (const IndexSpec& index : before.indexes) {
    if (!find_index(after, index)) return "the index " + index.name + " was removed or changed";
  }
  for (const IndexSpec& index : after.indexes) {
    if (!find_index(before, index)) return "the index " + index.name + " was added";
  }
  return "";
}

}  // namespace

Result<TableSpec> spec_from_resource(const Resource& resource, TableId id) {
  const std::string& name = resource.key.name;
  const Json properties = Json::parse(resource.body, nullptr, /*allow_exceptions=*/false);
  if (!properties.is_object()) return in_table(name, "The properties of a table must be a JSON object");
  if (!is_name(name)) {
    return in_table(name, "TableName must have 3 to 255 characters of a-z, A-Z, 0-9, _, - and .");
  }
  if (const auto given = properties.find("TableName"); given != properties.end() && *given != name) {
    return in_table(name, "TableName must be the name of the resource");
  }
  TableSpec spec;
  spec.id = id;
  spec.name = name;
  spec.arn = Place{resource.key.account, resource.key.region}.table(name);
  if (auto read = Definition(properties, spec).read(); !read) return in_table(name, read.error().message);
  return spec;
}

Status same_shape(const TableSpec& before, const TableSpec& after, bool empty) {
  if (empty) return {};
  const std::string differs = difference(before, after);
  if (differs.empty()) return {};
  return in_table(before.name, "A table that holds items keeps its key schema and its indexes, but " + differs,
                  "give the new shape a new TableName, or delete the items first", ErrorCode::conflict);
}

TableSpec in_place(const TableSpec& before, TableSpec after) {
  after.id = before.id;
  if (difference(before, after).empty()) after.indexes = before.indexes;
  return after;
}

}  // namespace waybill::table
