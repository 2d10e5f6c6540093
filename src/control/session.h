// One call of the control plane: what it sees of the catalog, and what it wants changed. All of it is applied when the
// operation succeeds, nothing when it does not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "control/book.h"
#include "control/fault.h"
#include "control/limits.h"
#include "model/arn.h"
#include "store/reader.h"

namespace waybill::control {

// Thread: the one that calls.
class Session {
 public:
  struct Context {
    Place place;  // account and region that the call is for
    WallTime now;
    const Limits& limits;
    Random& random;
    store::ReaderPool& readers;  // for what is counted in the store: an archive's events
  };
  Session(const Catalog& catalog, Context context);

  const Place& place() const { return context_.place; }
  WallTime now() const { return context_.now; }
  const Limits& limits() const { return context_.limits; }
  Random& random() const { return context_.random; }
  store::ReaderPool& readers() const { return context_.readers; }

  ResourceKey key(const char* kind, std::string_view name) const;
  // What is stored, not what this call has put. Null when there is none.
  const CatalogRow* find(const char* kind, std::string_view name) const;
  // In order of name; those with the prefix.
  std::vector<const CatalogRow*> list(const char* kind, std::string_view prefix = "") const;

  // Puts the resource, as nobody's when it is new, else keeping its owner (a template's resource stays the template's
  // and shows as drift). state: none keeps what there is.
  void put(const char* kind, std::string_view name, const Json& body, const std::optional<Json>& state = {});
  void remove(const char* kind, std::string_view name);
  template <class C>
  void add(C change) {
    edit_.more.add(std::move(change));
  }
  // Decided now(): the times that are stored are those which the answer tells. With the first change of a place comes
  // the row of its default bus.
  Edit take_edit();

 private:
  const Catalog& catalog_;
  const Context context_;
  // The default bus exists wherever somebody looks: this stands for its row where there is none yet.
  CatalogRowPtr default_bus_;
  Edit edit_;
};

}  // namespace waybill::control
