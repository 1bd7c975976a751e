// The web site of the example workspace: a login, notes, and who used it when.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace workspace {

struct SiteOptions {
  std::string title;
  std::string password;
  std::string notes_file;                   // made with the first note
  std::vector<std::string> variable_names;  // to show
  std::function<void()> on_use;             // somebody who has logged in does something; any thread
};

// Thread-safe.
class Site {
 public:
  explicit Site(SiteOptions options);
  ~Site();

  // False when the address cannot be had.
  bool bind(const std::string& address, int port);
  // Serves until stop().
  void serve();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace workspace
