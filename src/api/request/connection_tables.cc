#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr std::string_view kAuthorizationTypeValues[] = {"BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"};
constexpr Shape kAuthorizationType = one_of(kAuthorizationTypeValues);
constexpr std::string_view kOAuthMethodValues[] = {"GET", "POST", "PUT"};
constexpr Shape kOAuthMethod = one_of(kOAuthMethodValues);
constexpr std::string_view kConnectionStateValues[] = {"CREATING",      "UPDATING",     "DELETING",
                                                       "AUTHORIZED",    "DEAUTHORIZED", "AUTHORIZING",
                                                       "DEAUTHORIZING", "ACTIVE",       "FAILED_CONNECTIVITY"};
constexpr Shape kConnectionState = one_of(kConnectionStateValues);

constexpr Shape kAuthText = text({1, 512}, &kAuthHeaderPattern);
constexpr Shape kAuthSecret = secret(kAuthText);

// Values may be credentials whatever IsValueSecret says.
constexpr Shape kSecretHeaderValue = secret(kHeaderValue);
constexpr Member kHeaderMembers[] = {{"Key", kHeaderKey}, {"Value", kSecretHeaderValue}, {"IsValueSecret", kBoolean}};
constexpr Shape kHeader = structure("ConnectionHeaderParameter", kHeaderMembers);
constexpr Shape kHeaders = list_of(kHeader, {0, 100});
constexpr Shape kSecretQueryValue = secret(kQueryValue);
constexpr Member kQueryMembers[] = {{"Key", kQueryKey}, {"Value", kSecretQueryValue}, {"IsValueSecret", kBoolean}};
constexpr Shape kQuery = structure("ConnectionQueryStringParameter", kQueryMembers);
constexpr Shape kQueries = list_of(kQuery, {0, 100});
constexpr Shape kSecretText = secret(kAnyText);
constexpr Member kBodyMembers[] = {{"Key", kAnyText}, {"Value", kSecretText}, {"IsValueSecret", kBoolean}};
constexpr Shape kBody = structure("ConnectionBodyParameter", kBodyMembers);
constexpr Shape kBodies = list_of(kBody, {0, 100});
constexpr Member kConnectionHttpMembers[] = {
    {"HeaderParameters", kHeaders}, {"QueryStringParameters", kQueries}, {"BodyParameters", kBodies}};
constexpr Shape kConnectionHttp = structure("ConnectionHttpParameters", kConnectionHttpMembers);

constexpr Shape kConfigurationArn = text({0, 2048}, &kResourceConfigurationPattern);
constexpr Member kConfigurationMembers[] = {{"ResourceConfigurationArn", kConfigurationArn, kNeeded}};
constexpr Shape kConfiguration = structure("ConnectivityResourceConfigurationArn", kConfigurationMembers);
constexpr Member kConnectivityMembers[] = {{"ResourceParameters", kConfiguration, kNeeded}};
constexpr Shape kConnectivity = structure("ConnectivityResourceParameters", kConnectivityMembers);

// The blocks of CreateConnection say what they need; an update may give a part.
constexpr Member kCreateBasicMembers[] = {{"Username", kAuthText, kNeeded}, {"Password", kAuthSecret, kNeeded}};
constexpr Shape kCreateBasic = structure("CreateConnectionBasicAuthRequestParameters", kCreateBasicMembers);
constexpr Member kCreateClientMembers[] = {{"ClientID", kAuthText, kNeeded}, {"ClientSecret", kAuthSecret, kNeeded}};
constexpr Shape kCreateClient = structure("CreateConnectionOAuthClientRequestParameters", kCreateClientMembers);
constexpr Member kCreateOAuthMembers[] = {{"ClientParameters", kCreateClient, kNeeded},
                                          {"AuthorizationEndpoint", kUrl, kNeeded},
                                          {"HttpMethod", kOAuthMethod, kNeeded},
                                          {"OAuthHttpParameters", kConnectionHttp}};
constexpr Shape kCreateOAuth = structure("CreateConnectionOAuthRequestParameters", kCreateOAuthMembers);
constexpr Member kCreateApiKeyMembers[] = {{"ApiKeyName", kAuthText, kNeeded}, {"ApiKeyValue", kAuthSecret, kNeeded}};
constexpr Shape kCreateApiKey = structure("CreateConnectionApiKeyAuthRequestParameters", kCreateApiKeyMembers);
constexpr Member kCreateAuthMembers[] = {{"BasicAuthParameters", kCreateBasic},
                                         {"OAuthParameters", kCreateOAuth},
                                         {"ApiKeyAuthParameters", kCreateApiKey},
                                         {"InvocationHttpParameters", kConnectionHttp},
                                         {"ConnectivityParameters", kConnectivity}};
constexpr Shape kCreateAuth = structure("CreateConnectionAuthRequestParameters", kCreateAuthMembers);

constexpr Member kUpdateBasicMembers[] = {{"Username", kAuthText}, {"Password", kAuthSecret}};
constexpr Shape kUpdateBasic = structure("UpdateConnectionBasicAuthRequestParameters", kUpdateBasicMembers);
constexpr Member kUpdateClientMembers[] = {{"ClientID", kAuthText}, {"ClientSecret", kAuthSecret}};
constexpr Shape kUpdateClient = structure("UpdateConnectionOAuthClientRequestParameters", kUpdateClientMembers);
constexpr Member kUpdateOAuthMembers[] = {{"ClientParameters", kUpdateClient},
                                          {"AuthorizationEndpoint", kUrl},
                                          {"HttpMethod", kOAuthMethod},
                                          {"OAuthHttpParameters", kConnectionHttp}};
constexpr Shape kUpdateOAuth = structure("UpdateConnectionOAuthRequestParameters", kUpdateOAuthMembers);
constexpr Member kUpdateApiKeyMembers[] = {{"ApiKeyName", kAuthText}, {"ApiKeyValue", kAuthSecret}};
constexpr Shape kUpdateApiKey = structure("UpdateConnectionApiKeyAuthRequestParameters", kUpdateApiKeyMembers);
constexpr Member kUpdateAuthMembers[] = {{"BasicAuthParameters", kUpdateBasic},
                                         {"OAuthParameters", kUpdateOAuth},
                                         {"ApiKeyAuthParameters", kUpdateApiKey},
                                         {"InvocationHttpParameters", kConnectionHttp},
                                         {"ConnectivityParameters", kConnectivity}};
constexpr Shape kUpdateAuth = structure("UpdateConnectionAuthRequestParameters", kUpdateAuthMembers);

constexpr Member kCreateConnection[] = {{"Name", kName, kNeeded},
                                        {"Description", kOneLineDescription},
                                        {"AuthorizationType", kAuthorizationType, kNeeded},
                                        {"AuthParameters", kCreateAuth, kNeeded},
                                        {"InvocationConnectivityParameters", kConnectivity},
                                        {"KmsKeyIdentifier", kKmsKey}};
constexpr Member kUpdateConnection[] = {{"Name", kName, kNeeded},
                                        {"Description", kOneLineDescription},
                                        {"AuthorizationType", kAuthorizationType},
                                        {"AuthParameters", kUpdateAuth},
                                        {"InvocationConnectivityParameters", kConnectivity},
                                        {"KmsKeyIdentifier", kKmsKey}};
constexpr Member kOneConnection[] = {{"Name", kName, kNeeded}};
constexpr Member kListConnections[] = {
    {"NamePrefix", kName}, {"ConnectionState", kConnectionState}, {"NextToken", kNextToken}, {"Limit", kLimit}};

constexpr OperationModel kConnectionOperations[] = {
    {"CreateConnection", Support::later, kCreateConnection}, {"UpdateConnection", Support::later, kUpdateConnection},
    {"DeleteConnection", Support::later, kOneConnection},    {"DeauthorizeConnection", Support::later, kOneConnection},
    {"DescribeConnection", Support::later, kOneConnection},  {"ListConnections", Support::later, kListConnections},
};

}  // namespace

std::span<const OperationModel> connection_operations() { return kConnectionOperations; }

}  // namespace waybill::api
