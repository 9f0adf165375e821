// Drills: does to the lab what a disaster would, while clients use the service, and judges what
// they saw. `scv drill` hands over to it.
#include <string_view>

#include "drill/clients_main.h"
#include "drill/command_line.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "clients") return scv::drill::RunClients();
  return scv::drill::RunCommandLine(argc, argv);
}
