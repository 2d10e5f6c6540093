// The Conditions section: Fn::Equals, Fn::And, Fn::Or, Fn::Not, Condition (AWS: condition functions).
#pragma once

#include <map>
#include <string>

#include "template/intrinsics.h"

namespace waybill::templates {

class Conditions {
 public:
  // REQUIRES: document, names and problems outlive this.
  Conditions(const Document& document, const Names& names, Problems& problems);

  // Works out all of them, so that what is wrong with an unused one is said too.
  void check_all();
  // path: where the name is used. An unknown name is a problem and counts as false, a cycle as well.
  bool holds(const std::string& name, const Path& path);

 private:
  bool evaluate(const Json& node, const Path& path);
  bool equals(const Json& argument, const Path& path);
  bool several(const std::string& function, const Json& argument, const Path& path);

  enum class Known { busy, yes, no };
  const Json* section_;
  Problems& problems_;
  Resolver values_;
  std::map<std::string, Known> known_;
  std::vector<std::string> busy_;
};

}  // namespace waybill::templates
