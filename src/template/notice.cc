#include "template/notice.h"

namespace waybill::templates {

const char* to_string(Notice::Kind kind) {
  switch (kind) {
    case Notice::Kind::not_active: return "not active yet";
    case Notice::Kind::unknown: return "unknown";
    case Notice::Kind::doubtful: return "doubtful";
    case Notice::Kind::dangling: return "dangling";
    case Notice::Kind::taken_over: return "taken over";
  }
  return "";
}

std::string display(const Notice& notice) {
  return notice.template_name + ": " + notice.logical_id + " (" + notice.type + " " + notice.physical_name +
         "): " + notice.text;
}

}  // namespace waybill::templates
