// The outermost shape of a template.
#pragma once

#include "template/problems.h"

namespace waybill::templates {

// Reports unknown and unsupported sections, a wrong format version, and limits (500 resources, 200 outputs, 200
// mappings). False when the template has no resources to go on with.
bool check_sections(const Document& document, Problems& problems);

// The Mappings section when it has its shape (map of maps of maps of texts or lists), else null (reported).
const Json* checked_mappings(const Document& document, Problems& problems);

// What stands beside a resource's Type. False when there is nothing to go on with.
bool check_resource_shape(const std::string& id, const Json& resource, Problems& problems);

}  // namespace waybill::templates
