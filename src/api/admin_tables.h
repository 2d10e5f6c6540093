// Tables for people: what is there, queries and scans as plain JSON.
#pragma once

#include "api/api.h"

namespace waybill::api {

class TablesApi {
 public:
  explicit TablesApi(const ApiPorts& ports) : ports_(ports) {}

  // {"tables":[{"name","arn","key","indexes","ttl","items"},…]}
  net::HttpResponse list() const;
  // Query parameters: index, key (value of the partition key; without it the table is scanned), from, to, limit
  // (1..1000, default 100), reverse (true), start (the page before's "next"). → {"items":[…],"next":{…}}
  net::HttpResponse items(const std::string& table, const std::string& query) const;

 private:
  const ApiPorts& ports_;
};

}  // namespace waybill::api
