// How a TableSpec is stored.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table_spec.h"

namespace waybill::store::sqlite {

// A JSON object: {"id":7,"name":"Orders","arn":"…","key":{"partition":{"name":"id","type":"S"},"sort":null},
// "indexes":[{"name":"by_time","key":{…}}],"ttl_attribute":""}.
std::string to_json(const TableSpec& spec);
// Errors: corrupt, when it is not what to_json wrote.
Result<TableSpec> table_spec_from_json(std::string_view json);

}  // namespace waybill::store::sqlite
