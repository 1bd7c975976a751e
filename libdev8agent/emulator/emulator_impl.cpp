// Requests on their way to the emulated services: see emulator_impl.h.
#include "emulator_impl.h"

#include "core/strings.h"
#include "fault_effects.h"

namespace dev8agent::emulator {

Service service_of_host(std::string_view host) {
  if (host.starts_with("management.")) return Service::kResourceManager;
  if (host.starts_with("login.")) return Service::kAuthority;
  if (host == "169.254.169.254") return Service::kImds;
  if (host.substr(0, host.find(':')).ends_with(".azurecontainer.io")) return Service::kWorkspace;
  return host.find(".file.core.") != std::string_view::npos ? Service::kFiles : Service::kUnknown;
}

Emulator::Impl::Impl(EmulatorOptions wanted, std::shared_ptr<Scheduler> loop)
    : options(std::move(wanted)),
      scheduler(std::move(loop)),
      clock(*scheduler),
      roles{scheduler->now() + options.role_delay},
      storage(options),
      entra(options, guids),
      resource_manager(options, storage, entra.tokens(), guids, roles),
      files(storage, entra.tokens(), guids, roles),
      lag(options.remembered_past) {}

// The script may query the emulator, so it runs without the mutex.
Fault Emulator::Impl::next_fault(const HttpRequest& request) {
  std::shared_ptr<const FaultScript> asked;
  std::uint64_t index = 0;
  {
    const std::lock_guard lock(mutex);
    index = requests++;
    asked = script;
  }
  Fault fault = asked ? (*asked)(request, index) : Fault();
  if (fault.kind != Fault::kNone) {
    const std::lock_guard lock(mutex);
    ++faults[fault.kind];
  }
  return fault;
}

std::optional<Exchange> Emulator::Impl::open(const HttpRequest& request, Service service) const {
  auto url = parse_url(request.url);
  if (!url) return std::nullopt;
  Exchange exchange{request, service, std::move(*url), clock.now(), {}, {}};
  exchange.segments = exchange.url.segments;
  if (service == Service::kUnknown) exchange.service = service_of_host(exchange.url.host);
  if (exchange.service != Service::kFiles) return exchange;
  const auto suffix = exchange.url.host.find(".file.core.");
  if (suffix != std::string::npos) {
    exchange.account = exchange.url.host.substr(0, suffix);
  } else if (!exchange.segments.empty()) {
    exchange.account = exchange.segments.front();
    exchange.segments.erase(exchange.segments.begin());
  }
  return exchange;
}

Route Emulator::Impl::route(const Exchange& exchange) const {
  switch (exchange.service) {
    case Service::kResourceManager:
      return ResourceManager::route(exchange);
    case Service::kAuthority:
      return Entra::authority_route(exchange);
    case Service::kImds:
      return Entra::imds_route(exchange);
    case Service::kFiles:
      return FileService::route(exchange);
    case Service::kWorkspace:
      return {"Workspace_Visit", exchange.url.host.substr(0, exchange.url.host.find('.'))};
    case Service::kUnknown:
      break;
  }
  return {};
}

std::optional<HttpResponse> Emulator::Impl::serve(const Exchange& exchange) {
  switch (exchange.service) {
    case Service::kResourceManager:
      return resource_manager.handle(exchange);
    case Service::kAuthority:
      return entra.authority(exchange);
    case Service::kImds:
      return entra.imds(exchange);
    case Service::kFiles:
      return files.handle(exchange);
    case Service::kWorkspace:
      return resource_manager.groups().visit(exchange.url, exchange.moment.now);
    case Service::kUnknown:
      break;
  }
  return HttpResponse{
      404, {{"Content-Type", "application/json"}}, arm_error_body("NotFound", "No service has this host.")};
}

void Emulator::Impl::record(const Exchange& exchange, int status) {
  Route found = route(exchange);
  ++counts[found.operation];
  if (!recording) return;
  calls.push_back({std::move(found.operation), std::move(found.resource), status, exchange.moment.now});
}

std::optional<HttpResponse> Emulator::Impl::deliver(const HttpRequest& request, Service service,
                                                    const Fault& fault, bool heard) {
  const std::lock_guard lock(mutex);
  const auto exchange = open(request, service);
  if (!exchange) return HttpResponse{400, {}, "The request's URL is not valid."};
  std::optional<HttpResponse> response;
  if (fault.kind == Fault::kStatus) {
    response = refuse(*exchange, fault);
  } else if (takes_effect(fault.kind)) {
    lag.before(*exchange, [&](const HttpRequest& read) { return *serve(*open(read, service)); });
    if (fault.kind == Fault::kStaleRead) response = lag.answer(*exchange, fault.age);
    if (!response) response = serve(*exchange);
    if (!is_answered(fault.kind)) response.reset();
  }
  if (response) spoil(fault.kind, request, *response);
  record(*exchange, response && heard ? response->status : 0);
  return response;
}

HttpResponse Emulator::Impl::refuse(const Exchange& exchange, const Fault& fault) {
  const std::string message = "The emulator's fault script asked for this answer.";
  HttpResponse response;
  if (exchange.service == Service::kFiles) {
    response = file_error({fault.status, fault.code, message, ""}, exchange, guids);
  } else if (exchange.service == Service::kResourceManager) {
    response = render(arm_error({fault.status, fault.code, message}), exchange, guids.next());
  } else {
    const EntraError error{fault.status, fault.code, 0, message};
    response = {fault.status,
                {{"Content-Type", "application/json; charset=utf-8"}},
                entra_error_body(error, exchange.moment.wall, guids.next())};
  }
  if (!fault.retry_after.empty()) response.headers.push_back({"Retry-After", fault.retry_after});
  return response;
}

}  // namespace dev8agent::emulator
