#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "api/request/patterns.h"

using namespace waybill::api;

namespace {

const Pattern* const kAsciiPatterns[] = {
    &kNamePattern,
    &kBusNamePattern,
    &kBusNameOrArnPattern,
    &kEntryBusPattern,
    &kPartnerSourcePattern,
    &kEventsArnPattern,
    &kConnectionArnPattern,
    &kUrlPattern,
    &kKmsKeyPattern,
    &kOneLinePattern,
    &kActionPattern,
    &kPrincipalPattern,
    &kStatementIdPattern,
    &kPathKeyPattern,
    &kAuthHeaderPattern,
    &kHeaderKeyPattern,
    &kHeaderValuePattern,
    &kQueryKeyPattern,
    &kQueryValuePattern,
    &kPathParameterPattern,
    &kRedshiftSecretPattern,
    &kPipelineParameterPattern,
    &kResourceConfigurationPattern,
};

const std::vector<std::string> kTexts = {
    "",
    "a",
    "-",
    "_",
    ".",
    "/",
    ":",
    " ",
    "\t",
    " a",
    "a b",
    "a\tb",
    "\t\t",
    "a\n",
    "\n",
    "\r\n",
    "a:b",
    "a/b",
    "/a",
    "*",
    "123456789012",
    "12345678901",
    "1234567890123",
    "events:PutEvents",
    "events:",
    "events:Put1",
    "%20",
    "%2",
    "%",
    "https://a.example/x?y=%41&z=1",
    "http://[::1]/",
    "a\"b",
    "a,b",
    "a+b",
    "x-y_z",
    "a--b",
    "a-",
    "-a",
    "aws.partner/a",
    "aws.partner/a/b",
    "aws.partner/a/b/",
    "aws.partner//b",
    "aws.partner/a/b/c.d",
    "awsxpartner/a/b",
    "arn:aws:events:eu-west-1:123456789012:event-bus/default",
    "arn:aws:events:eu-west-1:123456789012:event-bus/a/b",
    "arn:aws:events:eu-west-1:123456789012:event-bus/",
    "arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/x",
    "arn:aws:events:eu-west:123456789012:event-bus/x",
    "arn:aws:events:eu-west-1:12345678901:event-bus/x",
    "arn:aws:events:eu-west-1::event-bus/x",
    "arn:aws:events:::event-bus/x",
    "arn:aws:events:EU:123456789012:a/b",
    "arn:aws:events:eu-west-1:123456789012:/",
    "arn:aws:events:eu-west-1:123456789012:a/",
    "arn:aws:events:eu-west-1:123456789012:/a/b",
    "arn:aws:events:eu-west-1:123456789012:a/b\n",
    "arn:aws:events:eu-west-1:123456789012:archive/x",
    "arn:aws:sqs:eu-west-1:123456789012:q",
    "arn:aws",
    "arn:awsX",
    "arn:aws:events:eu-west-1:123456789012:connection/c/1a-2b",
    "arn:aws:events::connection/c/1",
    "arn:aws:events:eu-west-1:123456789012:connection/c",
    "arn:aws:events:eu-west-1:123456789012:connection/c/",
    "arn:aws:events:eu-west-1:123456789012:connection/c/1_2",
    "arn:aws:events:eu-west-1:123456789012:connection/c/d/e",
    "$",
    "$.a",
    "$.a[0]",
    "$.a[*][12].b-c",
    "$.a[",
    "$.a[x]",
    "$.",
    "$a",
    "$.a[0]b",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
    "arn:aws:secretsmanager::x",
    "arn:aws:secretsmanager:eu.west-1:",
    "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdefg",
    "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef",
    "X-Header",
    "a(b",
    "!#$%&'*+,-.^_`|~",
    "alias/my-key",
    "a\x7F"
    "b",
    "a\x01"
    "b",
    "\x0B",
    "{\"a\":1}",
};

}  // namespace

TEST_CASE("each matcher says of each text what its regular expression says") {
  for (const Pattern* pattern : kAsciiPatterns) {
    const std::regex regex{std::string(pattern->text)};
    CAPTURE(pattern->text);
    int matched = 0;
    for (const std::string& text : kTexts) {
      CAPTURE(text);
      const bool expected = std::regex_match(text, regex);
      CHECK(pattern->matches(text) == expected);
      matched += expected ? 1 : 0;
    }
    CHECK(matched > 0);
    CHECK(matched < static_cast<int>(kTexts.size()));
  }
}

TEST_CASE("a dot stops at every end of line that Java knows") {
  CHECK(kOneLinePattern.matches("naïve"));
  CHECK_FALSE(kOneLinePattern.matches("a\xC2\x85"));
  CHECK_FALSE(kOneLinePattern.matches("a\xE2\x80\xA8"));
  CHECK_FALSE(kEventsArnPattern.matches("arn:aws:events:::a/\xE2\x80\xA9"));
}

TEST_CASE("keys of run command targets have letters of any alphabet") {
  CHECK(kRunCommandKeyPattern.matches("tag:Größe =+-@"));
  CHECK(kRunCommandKeyPattern.matches(""));
  CHECK_FALSE(kRunCommandKeyPattern.matches("a*"));
}

TEST_CASE("a text of a hundred thousand characters is matched, not feared") {
  for (const char* piece : {"a", "-", "/a", "[0]", " a", "%41", "\t"}) {
    std::string text = "arn:aws:events:eu-west-1:123456789012:connection/";
    for (int i = 0; i < 30'000; ++i) text += piece;
    for (const Pattern* pattern : kAsciiPatterns) CHECK_NOTHROW(pattern->matches(text));
    CHECK_NOTHROW(kRunCommandKeyPattern.matches(text));
  }
}
