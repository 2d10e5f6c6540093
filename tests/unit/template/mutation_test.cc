// Damaged templates load or are refused; nothing else happens. The sanitizers watch.
#include <fstream>
#include <sstream>

#include "base/random.h"
#include "loading.h"
#include "template/document.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

const std::string kSeed = R"(AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String, Default: dev, AllowedPattern: '^[a-z]+$'}
  Zones: {Type: CommaDelimitedList, Default: 'a,b'}
Mappings: {M: {dev: {K: 1}}}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
  Both: !And [!Condition Dev, !Not [!Condition Dev]]
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Sub 'b-${Stage}'}}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: email, Endpoint: a@b.cc}]}}
  Function:
    Type: AWS::Lambda::Function
    Properties: {Runtime: native, Handler: a.b, Environment: {Variables: {T: !Ref Topic, Z: !Select [0, !Ref Zones]}}}
  Rule:
    Type: AWS::Events::Rule
    Condition: Dev
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [x], detail: {a: [{numeric: ['>', 5]}]}}
      Targets:
        - {Id: a, Arn: !GetAtt Function.Arn, RetryPolicy: {MaximumRetryAttempts: !FindInMap [M, !Ref Stage, K]}}
        - {Id: b, Arn: !If [Both, x, !Join ['', [!GetAtt Bus.Arn, !Base64 '']]]}
Outputs: {O: {Value: !Join ['-', !Split ['/', !GetAtt Rule.Arn]], Export: {Name: e}}}
)";

// Tokens that mean something to the reader or the loader.
const std::vector<std::string> kPieces = {
    "{", "}",      "[",   "]",    ":",     ",",   "!Sub ", "!Ref ",        "!If ",      "'",    "\"",      "${",
    "}", "\n",     "  ",  "- ",   "? ",    "&a ", "*a",    "<<: ",         "---\n",     "|",    ">",       "#",
    "%", "Fn::If", "Ref", "null", "1e999", "\t",  "\xC3",  "AWS::NoValue", "Resources", "Rule", "Function"};

std::string mutate(std::string text, SeededRandom& random) {
  const std::uint64_t edits = 1 + random.below(3);
  for (std::uint64_t i = 0; i < edits && !text.empty(); ++i) {
    const std::size_t at = random.below(text.size());
    const std::size_t length = std::min<std::size_t>(random.below(random.below(2) == 0 ? 3 : 30), text.size() - at);
    switch (random.below(5)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, kPieces[random.below(kPieces.size())]); break;
      case 2: text[at] = static_cast<char>(random.below(4) == 0 ? random.below(256) : 32 + random.below(95)); break;
      case 3: text.insert(random.below(text.size()), text.substr(at, length)); break;
      default: text.replace(at, length, kPieces[random.below(kPieces.size())]); break;
    }
  }
  return text;
}

void load_both_ways(const std::string& text) {
  for (const char* file : {"demo.yaml", "demo.json"}) {
    LoadOptions options = options_for({}, file);
    if (text.size() % 2 == 0) options.unknown = UnknownMode::warn;
    const auto loaded = load_template(text, options);
    if (!loaded) {
      CHECK_MESSAGE(loaded.error().message.starts_with(file), loaded.error().message);
      CHECK_MESSAGE(loaded.error().code == ErrorCode::invalid, loaded.error().message);
      continue;
    }
    for (const Resource& resource : loaded->resources) CHECK(nlohmann::json::parse(resource.body).is_object());
  }
}

}  // namespace

TEST_CASE("damaged YAML") {
  REQUIRE(error_of(kSeed) == "");
  SeededRandom random(20260117);
  int loaded = 0;
  for (int i = 0; i < 600; ++i) {
    const std::string text = mutate(kSeed, random);
    load_both_ways(text);
    loaded += load_template(text, options_for()).has_value() ? 1 : 0;
  }
  // Both ends are reached: most are refused, some load.
  CHECK(loaded > 20);
  CHECK(loaded < 500);
}

TEST_CASE("damaged JSON") {
  const std::string seed = parse_document(kSeed, "demo.yaml")->root().dump(1);
  REQUIRE(error_of(seed, options_for({}, "demo.json")) == "");
  SeededRandom random(4711);
  for (int i = 0; i < 300; ++i) load_both_ways(mutate(seed, random));
}
