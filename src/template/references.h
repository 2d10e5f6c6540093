// Do the names and ARNs in templates lead somewhere?
#pragma once

#include <vector>

#include "template/loader.h"

namespace waybill::templates {

// A notice for each target, dead-letter target, role, subscription, action and the like that points into this account
// and region and names nothing, neither in the templates nor in the catalog. No error: AWS takes such templates too,
// and the resource may be made later.
std::vector<Notice> dangling_references(const std::vector<LoadedTemplate>& templates,
                                        const std::vector<Resource>& in_catalog, const Place& place);

}  // namespace waybill::templates
