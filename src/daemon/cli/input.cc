#include "daemon/cli/input.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json_text.h"

namespace waybill::cli {

namespace {

// Everything that verbs send is JSON, which is UTF-8.
Result<std::string> utf8_or_error(const std::string& source, std::string text) {
  if (!is_valid_utf8(text)) return Error{ErrorCode::io, source + ": it is not UTF-8 text"};
  return text;
}

}  // namespace

Result<std::string> read_input(const std::string& file) {
  if (file == "-") return utf8_or_error("standard input", std::string(std::istreambuf_iterator<char>(std::cin), {}));
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return Error{ErrorCode::io, file + ": it is a directory"};
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error{ErrorCode::io, file + ": " + std::strerror(errno)};
  return utf8_or_error(file, std::string(std::istreambuf_iterator<char>(stream), {}));
}

std::size_t terminal_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace waybill::cli
