// A daemon as backend, over HTTP.
#include <utility>

#include "dev8ctl/agent_tasks.h"
#include "dev8ctl/backend.h"
#include "dev8ctl/http_client.h"
#include "dev8ctl/rest_call.h"
#include "dev8ctl/secrets.h"

namespace dev8ctl {
namespace {

using dev8agent::ErrorCode;
using dev8agent::invalid_request;
using dev8agent::make_error;
using dev8agent::Result;

class AgentBackend final : public Backend {
 public:
  AgentBackend(std::string url, dev8agent::Secret key, std::string ca_file)
      : client_(std::move(url), std::move(key), std::move(ca_file)) {}

  Result<std::string> ask(const Call& call) override {
    if (call.verb == Verb::kDoctor && !call.parameters.at("probeShare").empty())
      return make_error(ErrorCode::kNotSupported, "--probe-share works without --agent only");
    HttpRequestText request{.method = method_of(call.verb), .target = target_of(call)};
    request.headers = {"Accept: application/json"};
    request.body = call.body.copy();
    const auto exchange = client_.fetch(std::move(request));
    auto data = call.verb == Verb::kDoctor && exchange->failure().empty()
                    ? diagnosis_of(exchange->status(), exchange->body())
                    : answer_of(*exchange);
    if (!data.ok()) return data.error();
    return compact(*data);
  }

  Result<std::unique_ptr<Task>> begin(Call call) override {
    if (call.verb == Verb::kAdopt)
      return make_error(ErrorCode::kNotSupported, "adopt works without --agent only");
    const bool answered_at_end =
        call.verb == Verb::kRestart || call.verb == Verb::kRestore || call.verb == Verb::kUpdate;
    if (answered_at_end) return wait_at_agent(client_, call);
    return change_at_agent(client_, std::move(call));
  }

  Result<std::unique_ptr<Task>> follow(Call call, OnItem on_item) override {
    return follow_at_agent(client_, std::move(call), std::move(on_item));
  }

 private:
  HttpClient client_;
};

// What is wrong with the URL; empty when nothing is.
std::string broken_rule(const Connection& connection, bool has_key) {
  const std::string& url = connection.agent_url;
  const bool http = url.starts_with("http://");
  if (!http && !url.starts_with("https://")) return "must begin with https:// or http://";
  if (url.find('@') != std::string::npos) return "must not hold a user or password; the key goes into a file";
  if (url.find_first_of("?# \t\r\n") != std::string::npos) return "must have neither query nor spaces";
  if (http && has_key && !is_local(url) && !connection.plaintext) {
    return "would send the key unencrypted to another machine; use https://, or --plaintext";
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<Backend>> make_agent_backend(const Connection& connection) {
  auto key = read_api_key(connection.key_file);
  if (!key.ok()) return key.error();
  const std::string rule = broken_rule(connection, !key->empty());
  if (!rule.empty()) return invalid_request({{"--agent", rule}});
  std::string url = connection.agent_url;
  while (url.ends_with('/')) url.pop_back();
  return std::unique_ptr<Backend>(
      std::make_unique<AgentBackend>(std::move(url), std::move(*key), connection.ca_file));
}

}  // namespace dev8ctl
