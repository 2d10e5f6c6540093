// The two readers behind parse_document(). Both throw DocumentError.
#pragma once

#include <string_view>

#include "template/tree_builder.h"

namespace waybill::templates {

void read_yaml(std::string_view text, TreeBuilder& builder);
void read_json(std::string_view text, TreeBuilder& builder);

// Position of a byte of the text.
Position position_of_byte(std::string_view text, std::size_t offset);

}  // namespace waybill::templates
