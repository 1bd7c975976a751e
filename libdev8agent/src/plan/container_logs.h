// What a request for a log asks of Azure, and what becomes of Azure's text. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/container_log.h"
#include "plan/mask_credentials.h"

namespace dev8agent::internal::plan {

// More lines than were asked for, so that a private key is seen whole and that it shows whether there are
// more.
inline constexpr int kLinesBefore = 201;

// The last `tail` lines of Azure's `text`, masked. `stopped`: of a container that no longer runs, of which
// Azure keeps less.
ContainerLog log_page(std::string container, std::string_view text, int tail, bool stopped);

// What is new in a log that is read again and again, each time its last lines with their times. A line counts
// when it is whole.
class LogFollower {
 public:
  struct News {
    std::vector<std::string> lines;  // without their ends
    bool gap = false;                // more may have been written than the text shows: ask for a longer one
  };
  // `text` is what Azure shows now; `last`: the line at its end counts, whole or not. With `whole`, a gap is
  // not reported: the text is as long as can be had.
  News advance(std::string_view text, bool last, bool whole);

 private:
  std::vector<std::uint64_t> shown_;  // digests of the lines of the last text
};

// Words the lines of a log that is followed: masked, with or without the times that Azure puts before them.
class LogWriter {
 public:
  explicit LogWriter(bool timestamps) : timestamps_(timestamps) {}
  // The last `tail` of `lines`, each with its end. All of `lines` are searched for private keys.
  std::string write(const std::vector<std::string>& lines, int tail);

 private:
  bool timestamps_;
  CredentialMasker masker_;
};

// `line` without the time that Azure puts before it.
std::string_view without_time(std::string_view line);

}  // namespace dev8agent::internal::plan
