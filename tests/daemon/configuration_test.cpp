// The .env file that is there but of no use, names with typing errors, and keys that are derived.
#include "configuration.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api_keys.h"
#include "misspelt.h"
#include "support/certificate_chain.h"
#include "support/temp_directory.h"

using dev8agent::Secret;
using dev8agent::Variables;
using dev8agent::test::CertificateChain;
using dev8agent::test::TempDirectory;
using namespace dev8agentd;

namespace {

// What is wrong with the file, or nothing.
std::string wrong(const std::string& path) {
  Variables variables;
  const auto read = add_env_file(path, variables);
  return read.ok() ? "" : read.error().message;
}

}  // namespace

TEST_CASE("a settings file that is no regular file is refused by its name, and never waited for") {
  const TempDirectory directory;
  const std::string fifo = directory.make_fifo("fifo");
  const std::string loop = directory.path() / "loop";
  REQUIRE(symlink(loop.c_str(), loop.c_str()) == 0);
  for (const std::string& path : {fifo, loop, directory.path().string(), std::string("/dev/zero"),
                                  (directory.path() / "missing").string()}) {
    CAPTURE(path);
    CHECK(wrong(path).starts_with(path + " "));
  }
  CHECK(wrong(directory.write("large", std::string(2 << 20, '#'))).find("1 MiB") != std::string::npos);
  CHECK(wrong(directory.write("good", "AGENT_PORT=1\n")).empty());
}

TEST_CASE("a wrong line of a settings file names file and line") {
  const TempDirectory directory;
  const std::string path = directory.write("settings", "AGENT_PORT=1\nno equals sign\n");
  CHECK(wrong(path).starts_with(path + " line 2 "));
}

TEST_CASE("names near to a known one are found, others are not") {
  const std::vector<std::string> known = {"AGENT_PORT", "AGENT_HOST", "RATE_LIMIT_RPS", "API_KEYS"};
  const Variables variables = {
      {"AGENT_PROT", "1"}, {"AGENT_PORT", "1"},         {"RATE_LIMT_RPS", "1"},    {"API_KEY", "1"},
      {"PATH", "1"},       {"AGENT_SERVICE_HOST", "1"}, {"AZURE_CONFIG_DIR", "1"}, {"KUBERNETES_PORT", "1"}};
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"AGENT_PROT", "AGENT_PORT"}, {"API_KEY", "API_KEYS"}, {"RATE_LIMT_RPS", "RATE_LIMIT_RPS"}};
  CHECK(misspelt_variables(variables, known) == expected);
}

TEST_CASE("the library gets keys that are derived from the API keys, never the API keys") {
  const std::string key = "first-key-of-32-characters-00001";
  Settings settings;
  settings.api_keys.push_back(std::move(*parse_api_key(key)));
  dev8agent::AgentOptions options;
  set_activity_keys(settings, options);
  REQUIRE(options.activity_keys.size() == 1);
  const std::string derived(options.activity_keys[0].reveal());
  CHECK(derived.size() == 64);
  CHECK(derived.find(key) == std::string::npos);
  CHECK(derived == activity_key_of(Secret(std::string_view(key))).reveal());  // the same on every replica
  CHECK(derived != activity_key_of(Secret(std::string_view("second-key-of-32-characters-0002"))).reveal());

  dev8agent::AgentOptions with_secret;
  with_secret.activity_keys.emplace_back(std::string_view("an activity secret of 32 letters"));
  set_activity_keys(settings, with_secret);
  CHECK(with_secret.activity_keys.front().reveal() == "an activity secret of 32 letters");

  dev8agent::AgentOptions random;
  set_activity_keys(Settings{}, random);
  REQUIRE(random.activity_keys.size() == 1);
  CHECK(random.activity_keys[0].reveal().size() == 64);
}

TEST_CASE("certificate and key that fit are taken, with or without a chain, or both in one file") {
  const TempDirectory directory;
  const CertificateChain chain;
  const std::string key = directory.write("key.pem", chain.key());
  CHECK(load_tls(directory.write("alone.pem", chain.certificate()), key).ok());
  const auto context = load_tls(directory.write("chain.pem", chain.chain()), key);
  REQUIRE(context.ok());
  const auto left = (*context)->expires() - std::chrono::system_clock::now();
  CHECK(left > std::chrono::hours(23));
  CHECK(left < std::chrono::hours(25));
  const std::string one = directory.write("one.pem", chain.key() + chain.chain());
  CHECK(load_tls(one, one).ok());
}

TEST_CASE("certificate and key that are of no use name variable and file, and never wait") {
  const TempDirectory directory;
  const CertificateChain chain;
  const CertificateChain other;
  const std::string certificate = directory.write("chain.pem", chain.chain());
  const std::string key = directory.write("key.pem", chain.key());
  const std::string fifo = directory.make_fifo("fifo");
  const std::string cut = directory.write("cut.pem", chain.chain().substr(0, chain.chain().size() - 100));
  const std::string foreign = directory.write("foreign.pem", other.key());
  const std::string locked = directory.write("locked.pem", chain.key("password"));
  const std::string missing = (directory.path() / "missing").string();
  const std::vector<std::pair<std::string, std::string>> rows = {{missing, key},
                                                                 {fifo, key},
                                                                 {"/dev/zero", key},
                                                                 {directory.write("empty", ""), key},
                                                                 {key, key},
                                                                 {cut, key},
                                                                 {certificate, missing},
                                                                 {certificate, fifo},
                                                                 {certificate, foreign},
                                                                 {certificate, locked},
                                                                 {certificate, certificate}};
  for (const auto& [first, second] : rows) {
    CAPTURE(first);
    CAPTURE(second);
    const auto loaded = load_tls(first, second);
    REQUIRE_FALSE(loaded.ok());
    REQUIRE(loaded.error().fields.size() == 1);
    const bool at_key = first == certificate;
    CHECK(loaded.error().fields[0].field == (at_key ? "AGENT_TLS_KEY" : "AGENT_TLS_CERTIFICATE"));
    CHECK(loaded.error().fields[0].message.starts_with((at_key ? second : first) + " "));
  }
  CHECK(load_tls(missing, fifo).error().fields.size() == 2);
}

TEST_CASE("a configuration with broken TLS files does not start") {
  const TempDirectory directory;
  const std::string path = directory.write("file", "nothing");
  const auto read = configure({{"AGENT_TLS_CERTIFICATE", path}, {"AGENT_TLS_KEY", path}});
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message.find("AGENT_TLS_CERTIFICATE") != std::string::npos);
}
