// What the user asks for: the command line as plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dev8ctl {

enum class Verb {
  kCreate,
  kList,
  kGet,
  kStart,
  kStop,
  kRestart,
  kDelete,
  kRestore,
  kAdopt,
  kUpdate,
  kLogs,
  kEvents,
  kOpen,
  kRegions,
  kOrphans,
  kSweep,
  kDoctor,
  kVersion,
  kCompletion
};

enum class Format { kTable, kJson, kYaml };

// Which of an environment's links `open` takes.
enum class Link { kWeb, kDesktop, kSsh };

// Where a secret comes from; never the value itself.
struct SecretSource {
  std::string name;      // on the wire, such as "githubToken"; "env:NAME" for a variable of the container
  std::string file;      // "-": standard input; empty: from the variable
  std::string variable;  // an environment variable
};

// How the environments are reached.
struct Connection {
  std::string agent_url;   // empty: the library, in this process
  std::string key_file;    // the agent's API key; empty: DEV8_API_KEY
  std::string ca_file;     // extra CA certificates of the agent
  bool plaintext = false;  // send a key over http:// to another machine
  std::string env_file;    // variables for the library
};

// Text by name.
using Texts = std::map<std::string, std::string>;

// What a create, start or update asks for. What is absent is left out of the request.
struct Shape {
  std::optional<std::string> user, name, base_image, image, git, zone;
  std::optional<int> cpu, memory, storage, idle_stop;
  std::optional<Texts> variables, labels;
};

// One command line. A member that its verb does not use keeps its default.
struct Command {
  Verb verb = Verb::kList;
  Connection connection;
  Format format = Format::kTable;
  bool quiet = false;  // no progress

  std::string id, region;
  Shape shape;
  std::vector<SecretSource> secrets;
  std::string password_file;                // where the generated password goes; empty: into the output
  std::vector<std::string> removed_labels;  // of update
  bool default_idle_stop = false;           // of update: the agent's own
  bool force = false;                       // delete what runs
  bool yes = false;                         // delete without a question; sweep in earnest

  std::string user, status;  // filters of list
  Texts labels;              // the same
  int limit = 100;

  bool follow = false;      // logs and events: what comes, until Ctrl-C
  bool timestamps = false;  // of each line of a log
  std::string container;    // empty: the environment's own
  int tail = 200;           // last lines of a log

  Link link = Link::kWeb;
  bool print_only = false;  // print the link instead of opening it

  int older_than = 60;  // minutes
  bool include_files = false;

  bool no_registry = false;  // doctor: do not ask the registries of images
  bool probe_share = false;  // doctor: make a share, and delete it

  std::string shell;  // of completion
};

}  // namespace dev8ctl
