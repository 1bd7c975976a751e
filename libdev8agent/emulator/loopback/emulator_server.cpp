// EmulatorServer: one HttpServer per service. See dev8agent/emulator.h.
#include <array>

#include "emulator_impl.h"
#include "loopback/http_server.h"

namespace dev8agent::emulator {

struct DEV8AGENT_HIDDEN EmulatorServer::Impl {
  std::string scheme = "http";
  std::string authority_certificate;
  std::array<std::unique_ptr<HttpServer>, 4> servers;  // in the order of the ports in ServerOptions

  std::string endpoint(std::size_t index) const {
    return scheme + "://127.0.0.1:" + std::to_string(servers[index]->port());
  }
};

namespace {

bool is_silent(Fault::Kind kind) {
  return kind == Fault::kHang || kind == Fault::kHangAfter;
}

constexpr std::string_view kStatePath = "/emulator/state";

bool is_state_request(const HttpRequest& request) {
  return request.method == "GET" && request.url.ends_with(kStatePath) &&
         request.url.find("/subscriptions/") == std::string::npos;
}

Error cannot_start(std::string message) {
  Error error;
  error.code = ErrorCode::kInvalidRequest;
  error.message = std::move(message);
  return error;
}

}  // namespace

Result<std::unique_ptr<EmulatorServer>> EmulatorServer::start(Emulator& emulator, ServerOptions options) {
  std::optional<LoopbackCertificate> certificate;
  if (options.tls) {
    certificate = make_loopback_certificate();
    if (!certificate) return cannot_start("The certificate for TLS cannot be made.");
  }
  auto impl = std::make_unique<Impl>();
  if (certificate) {
    impl->scheme = "https";
    impl->authority_certificate = certificate->authority;
  }
  const std::array ports = {options.resource_manager_port, options.authority_port, options.file_port,
                            options.imds_port};
  const std::array services = {Service::kResourceManager, Service::kAuthority, Service::kFiles,
                               Service::kImds};
  Emulator::Impl& cloud = *emulator.impl_;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto handler = [&emulator, &cloud, service = services[i]](const HttpRequest& request) {
      if (service == Service::kResourceManager && is_state_request(request)) {
        return HttpServer::Answer{
            HttpResponse{200, {{"Content-Type", "application/json"}}, emulator.state_json()}};
      }
      const Fault fault = cloud.next_fault(request);
      return HttpServer::Answer{cloud.deliver(request, service, fault, true), is_silent(fault.kind)};
    };
    impl->servers[i] = HttpServer::start(ports[i], certificate ? &*certificate : nullptr, std::move(handler));
    if (!impl->servers[i])
      return cannot_start("Cannot listen on 127.0.0.1:" + std::to_string(ports[i]) + ".");
  }
  return std::unique_ptr<EmulatorServer>(new EmulatorServer(std::move(impl)));
}

EmulatorServer::EmulatorServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EmulatorServer::~EmulatorServer() = default;

std::string EmulatorServer::resource_manager_endpoint() const {
  return impl_->endpoint(0);
}
std::string EmulatorServer::authority_endpoint() const {
  return impl_->endpoint(1);
}
std::string EmulatorServer::file_endpoint() const {
  return impl_->endpoint(2) + "/{account}";
}
std::string EmulatorServer::imds_endpoint() const {
  return impl_->endpoint(3);
}
std::string EmulatorServer::state_url() const {
  return impl_->endpoint(0) + std::string(kStatePath);
}
std::string EmulatorServer::ca_certificate() const {
  return impl_->authority_certificate;
}

}  // namespace dev8agent::emulator
