// The routes of faults on request: /_waybill/faults.
#pragma once

#include <string>
#include <string_view>

#include "delivery/faults.h"
#include "net/http.h"

namespace waybill::api {

class FaultsApi {
 public:
  // faults: null where they are not allowed.
  FaultsApi(delivery::Faults* faults, const Snapshot<Topology>& topology) : faults_(faults), topology_(topology) {}

  // {"target":…, "fail":n | "latency":"2s" | "status":429, …}; docs/rehearsal.md has all members. → the fault, and the
  // ARNs that it touches at present.
  net::HttpResponse add(const std::string& body) const;
  // → {"faults":[…]}: what is left of them.
  net::HttpResponse list() const;
  // Query: target, as it was given; none for all. → {"cleared":n}
  net::HttpResponse clear(const std::string& query) const;
  net::HttpResponse clear_one(std::string_view id) const;

 private:
  delivery::Faults* const faults_;
  const Snapshot<Topology>& topology_;
};

}  // namespace waybill::api
