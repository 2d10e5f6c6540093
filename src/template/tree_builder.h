// What the YAML and the JSON reader have in common: they call this with what they see, and it builds the Document.
// Throws DocumentError; the readers' callers turn that into an Error.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "template/document.h"

namespace waybill::templates {

struct DocumentError {
  Position position;
  std::string text;
};

class TreeBuilder {
 public:
  // function: the long name of the intrinsic whose argument this is ("Fn::Sub"), "" for none.
  void begin(bool is_map, Position position, std::string function);
  void end();
  void key(const std::string& name, Position position);
  void scalar(Json value, Position position, const std::string& function);

  bool in_map() const { return !open_.empty() && open_.back().is_map; }
  bool expects_key() const { return in_map() && !open_.back().has_key; }
  bool has_root() const { return has_root_; }
  Document finish(const std::string& file) &&;

 private:
  struct Container {
    bool is_map = false;
    bool has_key = false;
    std::string key;
    std::string function;
    std::unordered_set<std::string> keys;
    Json value;
  };
  // Steps into the place where the next value goes, and out again.
  void enter(Position position, const std::string& function);
  void leave(const std::string& function);
  void add(Json value, const std::string& function);

  std::vector<Container> open_;
  Path path_;
  std::unordered_map<std::string, Position> positions_;
  Json root_;
  bool has_root_ = false;
};

}  // namespace waybill::templates
