// Which command stands for an image.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::emulator {

// The command of `image` ("registry/name:tag" or with "@sha256:..."): that of the very text, else that of the
// image without tag, else that of "*". Nothing when there is none. Pure.
std::optional<std::string> command_of_image(const std::map<std::string, std::string>& commands,
                                            std::string_view image);

}  // namespace dev8agent::emulator
