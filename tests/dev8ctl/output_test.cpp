// dev8ctl's output: tables, JSON, YAML, the view of an operation's progress.
#include <doctest/doctest.h>

#include <string>

#include "dev8ctl/completion.h"
#include "dev8ctl/json_text.h"
#include "dev8ctl/outcome.h"
#include "dev8ctl/snapshot.h"
#include "dev8ctl/table.h"
#include "dev8ctl/views.h"

namespace dev8ctl {
namespace {

std::string rendered(const char* text, Shown shown, Format format) {
  const auto value = parse_json(text);
  REQUIRE(value.ok());
  return render(*value, shown, format);
}

const char* const kEnvironments = R"([
  {"id": "workspace-0001", "name": "Größe", "status": "RUNNING", "cloudRegion": "eastus", "cpuCores": 2,
   "memoryGB": 4, "storageGB": 20, "userId": "ada", "createdAt": "2026-01-15T08:30:00.000Z"},
  {"id": "workspace-with-a-long-id", "name": "a\u001b[31mb", "status": "STOPPED", "cloudRegion": "westeurope",
   "cpuCores": 0, "memoryGB": 0, "storageGB": 0, "userId": "", "createdAt": "2026-01-15T08:30:00.000Z"}])";

TEST_CASE("a table has aligned columns, counts characters, and no control characters") {
  CHECK(rendered(kEnvironments, Shown::kEnvironments, Format::kTable) ==
        "ID                        NAME     STATUS   REGION      CPU  MEMORY  STORAGE  USER  CREATED\n"
        "workspace-0001            Größe    RUNNING  eastus      2    4 GB    20 GB    ada   "
        "2026-01-15T08:30:00Z\n"
        "workspace-with-a-long-id  a?[31mb  STOPPED  westeurope  -    -       -              "
        "2026-01-15T08:30:00Z\n");
  CHECK(rendered("[]", Shown::kEnvironments, Format::kTable) == "");
  CHECK(rendered("[]", Shown::kEnvironments, Format::kJson) == "[]\n");
}

TEST_CASE("a person is told of an empty list, and of no other value") {
  const auto told = [](const char* text, Shown shown) { return none_of(*parse_json(text), shown); };
  CHECK(told("[]", Shown::kEnvironments) == "No environments.");
  CHECK(told("[]", Shown::kOrphans) == "No orphans.");
  CHECK(told("[]", Shown::kRegions) == "No regions.");
  CHECK(told("[]", Shown::kEvents) == "No events.");
  CHECK(told("[{}]", Shown::kOrphans) == "");
  CHECK(told("null", Shown::kOrphans) == "");
}

TEST_CASE("the doctor's table names the code of a finding before its detail") {
  CHECK(rendered(R"({"checks": [{"verdict": "passed", "subject": "a", "code": "", "detail": "fine"},
                                {"verdict": "failed", "subject": "b", "code": "DEV8-X", "detail": "it is not",
                                 "remedy": "Mend it."}]})",
                 Shown::kDiagnosis, Format::kTable) ==
        "VERDICT  SUBJECT  DETAIL\n"
        "passed   a        fine\n"
        "failed   b        DEV8-X: it is not\n"
        "\nDEV8-X\n  Mend it.\n");
}

TEST_CASE("on a terminal the last column of a table goes on below its begin") {
  const Row headings = {"ID", "DETAIL"};
  const std::vector<Row> rows = {{"a", "the files of Größe are gone"}, {"b", "short"}};
  const std::string one_line = "ID  DETAIL\na   the files of Größe are gone\nb   short\n";
  CHECK(table(headings, rows, 26) ==
        "ID  DETAIL\n"
        "a   the files of Größe are\n"
        "    gone\n"
        "b   short\n");
  CHECK(table(headings, rows, 31) == one_line);  // it fits
  CHECK(table(headings, rows, 20) == one_line);  // too narrow a column
  CHECK(table(headings, rows, 0) == one_line);   // a pipe
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
  CHECK(wrapped("aa bb cc", 5) == std::vector<std::string>{"aa bb", "cc"});
  CHECK(wrapped("a-long-word b", 5) == std::vector<std::string>{"a-long-word", "b"});
}

TEST_CASE("one environment is shown as details, without what is empty") {
  CHECK(
      rendered(R"({"id": "workspace-0001", "status": "RUNNING", "cpuCores": 2, "memoryGB": 4, "storageGB": 20,
                     "connectionUrls": {"sshUrl": "", "vscodeWebUrl": "http://x.example:8080"}})",
               Shown::kEnvironment, Format::kTable) ==
      "ID:      workspace-0001\n"
      "Status:  RUNNING\n"
      "Size:    2 CPU, 4 GB memory, 20 GB storage\n"
      "Web:     http://x.example:8080\n");
}

TEST_CASE("quota that is not known is a dash, and a sweep says what it removes") {
  const std::string regions = rendered(
      R"([{"name": "eastus", "location": "eastus", "default": true, "status": "FULL", "detail": "no cores",
                    "usage": {"containerGroups": null, "cores": {"current": 9, "limit": 10}}}])",
      Shown::kRegions, Format::kTable);
  CHECK(
      regions.find(
          "eastus  eastus    yes      FULL    -       9/10   -        -           -            no cores\n") !=
      std::string::npos);
  const std::string orphans =
      rendered(R"([{"environmentId": "a", "kind": "share", "name": "s", "ageMinutes": 61, "removed": false,
                    "reason": "it holds files"}])",
               Shown::kOrphans, Format::kTable);
  CHECK(orphans.find("61 min  no       it holds files\n") != std::string::npos);
}

TEST_CASE("each region is shown with the sizes that the operator allows") {
  const auto data = parse_json(
      R"({"limits": {"cpuCores": 2, "memoryGB": 8, "storageGB": 50}, "regions": [{"name": "a"}, {"name": "b"}]})");
  REQUIRE(data.ok());
  const rapidjson::Document regions = regions_with_limits(*data);
  CHECK(compact(regions) == R"([{"name":"a","limits":{"cpuCores":2,"memoryGB":8,"storageGB":50}},)"
                            R"({"name":"b","limits":{"cpuCores":2,"memoryGB":8,"storageGB":50}}])");
  const std::string table = render(regions, Shown::kRegions, Format::kTable);
  CHECK(table.find("MAX CPU  MAX MEMORY  MAX STORAGE") != std::string::npos);
  CHECK(table.find("2        8 GB        50 GB") != std::string::npos);
  // A daemon that tells no limits.
  const auto without = parse_json(R"({"regions": [{"name": "a"}]})");
  REQUIRE(without.ok());
  CHECK(compact(regions_with_limits(*without)) == R"([{"name":"a"}])");
  CHECK(compact(regions_with_limits(*parse_json("{}"))) == "null");
}

TEST_CASE("YAML keeps structure and types") {
  CHECK(
      rendered(R"({"name": "plain", "text": "two\nlines: \"x\"", "word": "yes", "number": "12", "none": null,
                     "ok": true, "count": 3, "empty": "", "list": [], "object": {},
                     "nested": {"a": [1, {"b": "c", "d": [[2]]}]}})",
               Shown::kPlain, Format::kYaml) ==
      "name: plain\n"
      "text: \"two\\nlines: \\\"x\\\"\"\n"
      "word: \"yes\"\n"
      "number: \"12\"\n"
      "none: null\n"
      "ok: true\n"
      "count: 3\n"
      "empty: \"\"\n"
      "list: []\n"
      "object: {}\n"
      "nested:\n"
      "  a:\n"
      "    - 1\n"
      "    - b: c\n"
      "      d:\n"
      "        - - 2\n");
}

TEST_CASE("text that is no JSON is refused, however deep it is") {
  CHECK(!parse_json("{").ok());
  CHECK(!parse_json(std::string(1000000, '[')).ok());
  CHECK(!parse_json("{} {}").ok());
}

TEST_CASE("an error names options, not fields of the wire, and has its exit code") {
  const auto invalid = dev8agent::invalid_request({{"cpuCores", "must be 1 to 4"}});
  CHECK(describe(invalid) == "--cpu: must be 1 to 4\n");
  CHECK(exit_code(invalid) == kUsage);
  // As the options of a create are called.
  const char* const options[][2] = {{"workspaceId", "ID"},
                                    {"baseImage", "--base-image"},
                                    {"image", "--image"},
                                    {"labels", "--label"},
                                    {"gitRepository", "--git"},
                                    {"zone", "--zone"},
                                    {"environmentVariables", "--env"},
                                    {"secretVariables", "secretVariables"}};
  for (const auto& [field, option] : options)
    CHECK(describe(dev8agent::invalid_request({{field, "x"}})) == std::string(option) + ": x\n");
  using dev8agent::ErrorCode;
  auto gone = dev8agent::make_error(ErrorCode::kNotFound, "environment x does not exist");
  gone.fields.push_back({"restorableUntil", "2026-01-22T08:30:00.000Z"});
  CHECK(describe(gone).starts_with("NOT_FOUND: environment x does not exist\n"));
  const auto code = [](ErrorCode reason) { return exit_code(dev8agent::make_error(reason, "")); };
  CHECK(code(ErrorCode::kNotFound) == 3);
  CHECK(code(ErrorCode::kConflict) == 4);
  CHECK(code(ErrorCode::kForbidden) == 5);
  CHECK(code(ErrorCode::kQuotaExceeded) == 6);
  CHECK(code(ErrorCode::kContainerFailed) == 1);
  CHECK(describe(gone).find("`dev8ctl list`") != std::string::npos);
  for (int number = 1; number <= 21; ++number) {
    const auto error = dev8agent::make_error(static_cast<ErrorCode>(number), "x");
    CAPTURE(to_string(error.code));
    REQUIRE_FALSE(to_string(error.code).empty());
    // A command line has commands and options; what the REST API has means nothing there.
    for (const std::string word : {"GET", "Retry-After", "workspaceId", "cloudRegion", "Authorization"}) {
      CAPTURE(word);
      CHECK(describe(error).find(word) == std::string::npos);
    }
  }
  const auto unreached = agent_unreached("http://agent.example", "no route");
  CHECK(
      describe(unreached).starts_with("AZURE_UNAVAILABLE: the agent at http://agent.example cannot be "
                                      "reached: no route\n  Check the URL of --agent"));
  CHECK(exit_code(unreached) == kTryLater);
  CHECK(describe(dev8agent::make_error(ErrorCode::kConflict, "a\x1b[2J")).find('\x1b') == std::string::npos);
}

Snapshot sample() {
  Snapshot snapshot;
  snapshot.stages = {{"locating", milliseconds(0), milliseconds(400)},
                     {"provisioning", milliseconds(400), std::nullopt}};
  snapshot.detail = "Pulling the image";
  snapshot.events = {{"1", "08:30:01", "Pulling: pulling image"}};
  return snapshot;
}

TEST_CASE("the live view shows stages with their times, events and the elapsed time within the width") {
  CHECK(live_lines("Creating x", sample(), milliseconds(65000), 80, 24) ==
        std::vector<std::string>{"Creating x  1:05 min", "  + locating             0.4 s",
                                 "  > provisioning         1:04 min  Pulling the image",
                                 "      08:30:01  Pulling: pulling image"});
  for (std::size_t width = 1; width < 60; ++width) {
    for (const std::string& line : live_lines("Größe", sample(), milliseconds(1), width, 24)) {
      CHECK(columns(line) <= width);
    }
  }
  CHECK(live_lines("t", sample(), milliseconds(0), 80, 1).size() == 1);
  const auto low = live_lines("t", sample(), milliseconds(400), 80, 2);
  CHECK(low == std::vector<std::string>{"t  0.4 s", "      08:30:01  Pulling: pulling image"});
  CHECK(cut("Größe", 5) == "Größe");
  CHECK(cut("Größe", 4) == "Grö~");
}

TEST_CASE("lines for a pipe tell each thing once") {
  const Snapshot now = sample();
  CHECK(new_lines({}, now) ==
        "locating\nlocating: done in 0.4 s\nprovisioning\n08:30:01  Pulling: pulling image\n");
  CHECK(new_lines(now, now).empty());
  Snapshot later = now;
  later.stages.back().ended = milliseconds(2400);
  CHECK(new_lines(now, later) == "provisioning: done in 2.0 s\n");
}

TEST_CASE("an operation of the contract becomes stages, and an event is taken once") {
  const auto operation = parse_json(
      R"({"createdAt": "2026-01-15T08:30:00.500Z", "detail": "d", "stages": [
          {"name": "queued", "startedAt": "2026-01-15T08:30:00.500Z", "endedAt": "2026-01-15T08:30:01.000Z"},
          {"name": "locating", "startedAt": "2026-01-15T08:30:01.000Z", "endedAt": null}]})");
  REQUIRE(operation.ok());
  Snapshot snapshot = snapshot_of(*operation);
  CHECK(snapshot.stages == std::vector<StageTime>{{"queued", milliseconds(0), milliseconds(500)},
                                                  {"locating", milliseconds(500), std::nullopt}});
  const auto event = parse_json(
      R"({"id": "1", "time": "2026-01-15T08:30:01.000Z", "type": "container", "name": "Pulled", "message": ""})");
  const auto status = parse_json(R"({"id": "2", "type": "status", "name": "RUNNING"})");
  REQUIRE(event.ok());
  REQUIRE(status.ok());
  for (int i = 0; i < 2; ++i) add_event(snapshot, *event);
  add_event(snapshot, *status);
  CHECK(snapshot.events == std::vector<AzureEvent>{{"1", "08:30:01", "Pulled"}});
  CHECK(!parse_time("2026-01-15 08:30").has_value());
  CHECK(!parse_time("2026-01-15T08:30:00.000Z!").has_value());
}

TEST_CASE("completion scripts name commands and their options; another shell has none") {
  const auto flag = [](const char* name) { return OptionWords{name, "", OptionWords::Value::kNone, {}}; };
  const std::vector<CommandWords> commands = {{"create", {flag("--name")}, {}},
                                              {"list", {flag("--limit")}, {}}};
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell, commands, {flag("--output")});
    CHECK(script.find("create list") != std::string::npos);
    CHECK(script.find("limit") != std::string::npos);
  }
  CHECK(completion_script("tcsh", commands, {}).empty());
}

TEST_CASE("a completion script for fish says what follows an option") {
  using Value = OptionWords::Value;
  const std::string script = completion_script("fish",
                                               {{"open",
                                                 {{"--link", "", Value::kText, {"web", "ssh"}},
                                                  {"--region", "", Value::kText, {}},
                                                  {"--print", "-p", Value::kNone, {}}},
                                                 {}},
                                                {"completion", {}, {"bash", "fish"}}},
                                               {{"--key-file", "", Value::kFile, {}}});
  const char* const lines[] = {
      "complete -c dev8ctl -n __fish_use_subcommand -a 'open completion'\n",
      "complete -c dev8ctl -l key-file -r -F\n",
      "complete -c dev8ctl -n '__fish_seen_subcommand_from open' -l link -x -a 'web ssh'\n",
      "complete -c dev8ctl -n '__fish_seen_subcommand_from open' -l region -x\n",
      "complete -c dev8ctl -n '__fish_seen_subcommand_from open' -l print -s p\n",
      "complete -c dev8ctl -n '__fish_seen_subcommand_from completion' -a 'bash fish'\n"};
  for (const char* line : lines) CHECK_MESSAGE(script.find(line) != std::string::npos, line);
}

}  // namespace
}  // namespace dev8ctl
