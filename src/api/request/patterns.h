// The regular expressions of the request model, each with its matcher.
#pragma once

#include "api/request/shape.h"

namespace waybill::api {

extern const Pattern kNamePattern;
extern const Pattern kBusNamePattern;
extern const Pattern kBusNameOrArnPattern;
extern const Pattern kEntryBusPattern;  // a name without '/', or an ARN that ends in one
extern const Pattern kPartnerSourcePattern;
extern const Pattern kEventsArnPattern;
extern const Pattern kConnectionArnPattern;
extern const Pattern kUrlPattern;
extern const Pattern kKmsKeyPattern;
extern const Pattern kOneLinePattern;
extern const Pattern kActionPattern;
extern const Pattern kPrincipalPattern;
extern const Pattern kStatementIdPattern;
extern const Pattern kPathKeyPattern;
extern const Pattern kAuthHeaderPattern;
extern const Pattern kHeaderKeyPattern;
extern const Pattern kHeaderValuePattern;
extern const Pattern kQueryKeyPattern;
extern const Pattern kQueryValuePattern;
extern const Pattern kPathParameterPattern;
extern const Pattern kRunCommandKeyPattern;
extern const Pattern kRedshiftSecretPattern;
extern const Pattern kPipelineParameterPattern;
extern const Pattern kResourceConfigurationPattern;

}  // namespace waybill::api
