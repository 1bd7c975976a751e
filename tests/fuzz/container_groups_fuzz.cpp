// What the resource manager says of a container group or of an operation: a header on the first line, then
// the body.
#include "azure/container_group_json.h"
#include "fuzz/fuzz.h"
#include "json/parse.h"

namespace dev8agent::fuzz {

void fuzz_one(std::string_view input) {
  const std::vector<HttpHeader> headers = {{"Retry-After", std::string(take_line(input))}};
  const auto body = json::parse(input);
  if (!body.ok()) return;
  const ContainerGroup group = azure::read_container_group(*body);
  for (const ContainerEvent& event : group.events) {
    if (event.failure) require(!event.failure->message.empty(), "an event that is a failure says which");
  }
  const auto operation = azure::read_operation(*body, headers, fuzz_now());
  if (operation.retry_after) require(operation.retry_after->count() >= 0, "no wait is negative");
}

}  // namespace dev8agent::fuzz
