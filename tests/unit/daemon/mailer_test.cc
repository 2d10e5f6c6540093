#include "daemon/mailer.h"

#include <fstream>

#include <doctest/doctest.h>

#include "support/temp_dir.h"

using namespace waybill;

namespace {

using Given = std::map<std::string, std::string>;

Result<std::optional<MailSetup>> setup_of(const Given& given) {
  Settings settings;
  for (const auto& [name, value] : given) REQUIRE(settings.set("smtp." + name, value).has_value());
  return mail_setup(settings);
}

std::string refusal(Given given) {
  given.try_emplace("host", "mail.example.com");
  given.try_emplace("from", "waybill@example.com");
  const auto setup = setup_of(given);
  return setup ? "" : setup.error().message;
}

std::string password_file(const testing::TempDir& directory, const std::string& text) {
  const std::string path = directory.path() / "password";
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("without a host there is nobody to send e-mails") {
  CHECK_FALSE(setup_of({}).value().has_value());
  CHECK(sent_protocols(Settings()).count("email") == 0);
  Settings settings;
  REQUIRE(settings.set("smtp.host", "mail").has_value());
  CHECK(sent_protocols(settings).count("email") == 1);
  CHECK(sent_protocols(settings).count("email-json") == 1);
}

TEST_CASE("the port follows the kind of TLS unless it is given") {
  const auto port = [](const Given& more) {
    Given given{{"host", "mail.example.com"}, {"from", "waybill@example.com"}};
    given.insert(more.begin(), more.end());
    return setup_of(given).value()->smtp.port;
  };
  CHECK(port({}) == 587);
  CHECK(port({{"tls", "starttls"}}) == 587);
  CHECK(port({{"tls", "implicit"}}) == 465);
  CHECK(port({{"tls", "none"}}) == 25);
  CHECK(port({{"tls", "none"}, {"port", "2525"}}) == 2525);
}

TEST_CASE("what is wrong is named with its setting") {
  CHECK(refusal({}) == "");
  CHECK(refusal({{"from", ""}}).starts_with("smtp.from: it is empty"));
  CHECK(refusal({{"from", "nobody"}}).starts_with("smtp.from: 'nobody': "));
  CHECK(refusal({{"from", "a@b\r\nRCPT TO:<c@d>"}}).starts_with("smtp.from: "));
  CHECK(refusal({{"tls", "ssl"}}) == "smtp.tls: 'ssl' is not known; use none, starttls or implicit");
  CHECK(refusal({{"host", "mail.example.com/x"}}).starts_with("smtp.host: 'mail.example.com/x'"));
  CHECK(refusal({{"host", "user@mail"}}).starts_with("smtp.host: "));
}

TEST_CASE("a login has a name, and a password in a file that can be read") {
  const testing::TempDir directory;
  const std::string file = password_file(directory, "secret\n");
  CHECK(refusal({{"username", "u"}, {"password_file", file}}) == "");
  CHECK(refusal({{"username", "u"}}).starts_with("smtp.password_file: it is empty"));
  CHECK(refusal({{"password_file", file}}).starts_with("smtp.username: it is empty"));
  const std::string gone = directory.path() / "gone";
  CHECK(refusal({{"username", "u"}, {"password_file", gone}}) == "smtp.password_file: '" + gone + "' cannot be read");
  const std::string folder = directory.path();
  CHECK(refusal({{"username", "u"}, {"password_file", folder}}).starts_with("smtp.password_file: '" + folder));
  const std::string empty = password_file(directory, "\n");
  CHECK(refusal({{"username", "u"}, {"password_file", empty}}) == "smtp.password_file: '" + empty + "' is empty");
}

TEST_CASE("a password leaves the machine over TLS only") {
  const testing::TempDir directory;
  const std::string file = password_file(directory, "secret");
  CHECK(
      refusal({{"username", "u"}, {"password_file", file}, {"tls", "none"}}).starts_with("smtp.tls: none would send"));
  CHECK(refusal({{"username", "u"}, {"password_file", file}, {"tls", "none"}, {"host", "127.0.0.1"}}) == "");
}
