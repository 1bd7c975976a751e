// dev8ctl: manages development environments from a shell, with the library or through dev8-agentd.
#include "dev8ctl/command_line.h"
#include "dev8ctl/run.h"

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto line = dev8ctl::parse_command_line(argc, argv, exit_code);
  return line ? dev8ctl::run(*line) : exit_code;
}
