#include <iostream>
#include <string>
#include <vector>

#include "daemon/cli/command_line.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return waybill::cli::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
}
