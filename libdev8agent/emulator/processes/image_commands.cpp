// Looking images up: see image_commands.h.
#include "processes/image_commands.h"

namespace dev8agent::emulator {
namespace {

// A colon before the last slash belongs to the port of a registry.
std::string_view without_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  return image.substr(0, colon);
}

}  // namespace

std::optional<std::string> command_of_image(const std::map<std::string, std::string>& commands,
                                            std::string_view image) {
  for (const std::string_view name : {image, without_tag(image), std::string_view("*")}) {
    const auto found = commands.find(std::string(name));
    if (found != commands.end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator
