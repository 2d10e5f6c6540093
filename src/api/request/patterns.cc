#include "api/request/patterns.h"

#include <algorithm>

#include "base/ascii.h"

namespace waybill::api {

namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word(char c) { return is_alnum(c) || c == '_'; }
constexpr bool is_word_or_dash(char c) { return is_word(c) || c == '-'; }
constexpr bool is_alnum_or_dash(char c) { return is_alnum(c) || c == '-'; }
constexpr bool is_name(char c) { return is_word_or_dash(c) || c == '.'; }
constexpr bool is_bus_char(char c) { return is_name(c) || c == '/'; }
constexpr bool is_lower_or_dash(char c) { return is_lower(c) || c == '-'; }
constexpr bool is_lower_digit_dash(char c) { return is_lower_or_dash(c) || is_digit(c); }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

using Class = bool (*)(char);

bool all(std::string_view text, Class in) { return std::all_of(text.begin(), text.end(), in); }
bool some_all(std::string_view text, Class in) { return !text.empty() && all(text, in); }

// What `.` does not match in Java: also U+0085, U+2028 and U+2029, here in UTF-8.
bool one_line(std::string_view text) {
  for (const std::string_view end : {"\n", "\r", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    if (text.find(end) != std::string_view::npos) return false;
  }
  return true;
}

// Reads a text from the left. Takes as much as fits, which is right where what follows cannot belong to the class.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  std::size_t run(Class in) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), in);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(length);
    return length;
  }
  bool some(Class in) { return run(in) > 0; }
  bool exactly(std::size_t count, Class in) {
    if (rest_.size() < count || !all(rest_.substr(0, count), in)) return false;
    rest_.remove_prefix(count);
    return true;
  }
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Whole text: an optional bus ARN's beginning, then characters of the class.
bool bus_name_or_arn(std::string_view text, Class in) {
  Cursor at(text);
  if (!at.literal("arn:aws")) return some_all(text, in);
  at.run(is_word_or_dash);
  const bool arn = at.literal(":events:") && at.some(is_lower) && at.literal("-") && at.some(is_lower) &&
                   at.literal("-") && at.some(is_word_or_dash) && at.literal(":") && at.exactly(12, is_digit) &&
                   at.literal(":event-bus/");
  return arn && some_all(at.rest(), in);
}

bool is_partner_source(std::string_view text) {
  Cursor at(text);
  if (!at.literal("aws.partner")) return false;
  int parts = 0;
  while (at.literal("/")) {
    if (!at.some(is_name)) return false;
    ++parts;
  }
  return at.done() && parts >= 2;
}

// `arn:aws…:events:‹region›:‹account or nothing›:`
bool events_arn(Cursor& at) {
  if (!at.literal("arn:aws")) return false;
  at.run(is_lower_or_dash);
  if (!at.literal(":events:")) return false;
  at.run(is_lower_digit_dash);
  if (!at.literal(":")) return false;
  return at.literal(":") || (at.exactly(12, is_digit) && at.literal(":"));
}

bool is_events_arn(std::string_view text) {
  Cursor at(text);
  if (!events_arn(at) || !one_line(at.rest())) return false;
  const std::string_view rest = at.rest();
  const std::size_t slash = rest.find('/', 1);
  return slash != std::string_view::npos && slash + 1 < rest.size();
}

bool is_connection_arn(std::string_view text) {
  Cursor at(text);
  return events_arn(at) && at.literal("connection/") && at.some(is_name) && at.literal("/") &&
         at.some(is_alnum_or_dash) && at.done();
}

bool is_url(std::string_view text) {
  const auto in = [](char c) {
    constexpr std::string_view kMarks = "-()_.!~*';/?:@&=+$,";
    return is_alnum(c) || kMarks.find(c) != std::string_view::npos;
  };
  Cursor at(text);
  while (!at.done()) {
    if (at.literal("%")) {
      if (!at.exactly(2, is_hex)) return false;
    } else if (!at.exactly(1, in)) {
      return false;
    }
  }
  return !text.empty();
}

bool is_action(std::string_view text) {
  Cursor at(text);
  return at.literal("events:") && at.some([](char c) { return is_alnum(c) && !is_digit(c); }) && at.done();
}

bool is_principal(std::string_view text) { return text == "*" || (text.size() == 12 && all(text, is_digit)); }

// Tabs and blanks may stand anywhere, but a value of tabs alone is none.
bool is_auth_header(std::string_view text) {
  const auto visible = [](char c) { return !is_control(c) && c != ':'; };
  return all(text, [](char c) { return c == '\t' || (!is_control(c) && c != ':'); }) &&
         std::any_of(text.begin(), text.end(), visible);
}

bool is_header_value(std::string_view text) {
  return all(text, [](char c) { return c == '\t' || is_printable(c); }) &&
         std::any_of(text.begin(), text.end(), is_printable);
}

bool is_header_key(std::string_view text) {
  return some_all(text, [](char c) {
    constexpr std::string_view kMarks = "!#$%&'*+,-.^_`|~";
    return is_alnum(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_query_key(std::string_view text) {
  return some_all(text, [](char c) { return !is_control(c); });
}

bool is_query_value(std::string_view text) {
  return some_all(text, [](char c) { return !is_control(c) || c == '\n' || c == '\r'; });
}

bool is_path_parameter(std::string_view text) {
  return one_line(text) && !all(text, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

// Letters of any alphabet: everything outside ASCII is taken for one.
bool is_run_command_key(std::string_view text) {
  return all(text, [](char c) {
    constexpr std::string_view kMarks = " _.:/=+-@";
    return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_json_path_of_words(std::string_view text) {
  Cursor at(text);
  if (!at.literal("$")) return false;
  while (at.literal(".")) {
    if (!at.some(is_word_or_dash)) return false;
    while (at.literal("[")) {
      if (!(at.literal("*") || at.some(is_digit)) || !at.literal("]")) return false;
    }
  }
  return at.done();
}

bool is_redshift_secret(std::string_view text) {
  Cursor at(text);
  if (!at.literal("arn:aws")) return is_json_path_of_words(text);
  at.run(is_lower_or_dash);
  return at.literal(":secretsmanager:") && at.some([](char c) { return is_lower_digit_dash(c) || c == '.'; }) &&
         at.literal(":") && one_line(at.rest());
}

bool is_pipeline_parameter(std::string_view text) {
  return some_all(text, is_alnum_or_dash) && text.front() != '-' && text.back() != '-';
}

bool is_resource_configuration(std::string_view text) {
  if (text.empty()) return true;
  Cursor at(text);
  return at.literal("arn:") && at.some(is_lower_digit_dash) && at.literal(":vpc-lattice:") &&
         at.some(is_alnum_or_dash) && at.literal(":") && at.exactly(12, is_digit) &&
         at.literal(":resourceconfiguration/rcfg-") &&
         at.exactly(17, [](char c) { return is_lower(c) || is_digit(c); }) && at.done();
}

}  // namespace

const Pattern kNamePattern{R"([\.\-_A-Za-z0-9]+)", [](std::string_view text) { return some_all(text, is_name); }};
const Pattern kBusNamePattern{R"([/\.\-_A-Za-z0-9]+)",
                              [](std::string_view text) { return some_all(text, is_bus_char); }};
const Pattern kBusNameOrArnPattern{
    R"((arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+)",
    [](std::string_view text) { return bus_name_or_arn(text, is_bus_char); }};
const Pattern kEntryBusPattern{R"((arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+)",
                               [](std::string_view text) { return bus_name_or_arn(text, is_name); }};
const Pattern kPartnerSourcePattern{R"(aws\.partner(/[\.\-_A-Za-z0-9]+){2,})", is_partner_source};
const Pattern kEventsArnPattern{R"(^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$)", is_events_arn};
const Pattern kConnectionArnPattern{
    R"(^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:connection\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$)",
    is_connection_arn};
const Pattern kUrlPattern{R"(^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\x26=+$,A-Za-z0-9])+)([).!';/?:,])?$)", is_url};
const Pattern kKmsKeyPattern{R"(^[a-zA-Z0-9_\-/:]*$)", [](std::string_view text) {
                               return all(text, [](char c) { return is_word_or_dash(c) || c == '/' || c == ':'; });
                             }};
const Pattern kOneLinePattern{".*", one_line};
const Pattern kActionPattern{"events:[a-zA-Z]+", is_action};
const Pattern kPrincipalPattern{R"((\d{12}|\*))", is_principal};
const Pattern kStatementIdPattern{"[a-zA-Z0-9-_]+",
                                  [](std::string_view text) { return some_all(text, is_word_or_dash); }};
const Pattern kPathKeyPattern{R"([A-Za-z0-9\_\-]+)",
                              [](std::string_view text) { return some_all(text, is_word_or_dash); }};
const Pattern kAuthHeaderPattern{R"(^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$)", is_auth_header};
const Pattern kHeaderKeyPattern{"^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$", is_header_key};
const Pattern kHeaderValuePattern{R"(^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$)", is_header_value};
const Pattern kQueryKeyPattern{R"([^\x00-\x1F\x7F]+)", is_query_key};
const Pattern kQueryValuePattern{R"([^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+)", is_query_value};
const Pattern kPathParameterPattern{R"(^(?!\s*$).+)", is_path_parameter};
const Pattern kRunCommandKeyPattern{R"(^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$)", is_run_command_key};
const Pattern kRedshiftSecretPattern{
    R"((^arn:aws([a-z]|\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*))", is_redshift_secret};
const Pattern kPipelineParameterPattern{"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$", is_pipeline_parameter};
const Pattern kResourceConfigurationPattern{
    R"(^(?:^arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}$|^$))",
    is_resource_configuration};

}  // namespace waybill::api
