// The words of the stages.
#include "dev8agent/progress.h"

#include <algorithm>
#include <array>

namespace dev8agent {
inline namespace DEV8AGENT_ABI {
namespace {

// In the order of Stage.
constexpr std::array<std::string_view, 14> kStageWords = {"queued",
                                                          "locating",
                                                          "creating-share",
                                                          "creating-container",
                                                          "starting",
                                                          "provisioning",
                                                          "waiting-for-ide",
                                                          "stopping",
                                                          "restarting",
                                                          "restoring-share",
                                                          "deleting-container",
                                                          "deleting-share",
                                                          "rolling-back",
                                                          "done"};
static_assert(kStageWords.size() == static_cast<std::size_t>(Stage::kDone) + 1);

}  // namespace

std::string_view to_string(Stage stage) {
  return kStageWords[static_cast<std::size_t>(stage)];
}

std::optional<Stage> parse_stage(std::string_view word) {
  const auto found = std::find(kStageWords.begin(), kStageWords.end(), word);
  if (found == kStageWords.end()) return std::nullopt;
  return static_cast<Stage>(found - kStageWords.begin());
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
