// The emulated cloud behind Emulator: its services, the fault script and the record of calls, under one
// mutex.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "arm/resource_manager.h"
#include "dev8agent/emulator.h"
#include "entra/token_service.h"
#include "files/file_service.h"
#include "read_lag.h"

namespace dev8agent::emulator {

struct DEV8AGENT_HIDDEN Emulator::Impl {
  Impl(EmulatorOptions wanted, std::shared_ptr<Scheduler> clock);

  // What the next request of a transport or server meets.
  Fault next_fault(const HttpRequest& request);
  // Lets `request` meet `fault`: the state changes as the fault allows. `heard` tells whether the caller
  // waits long enough for an answer. Nothing when there is no answer.
  std::optional<HttpResponse> deliver(const HttpRequest& request, Service service, const Fault& fault,
                                      bool heard);

  Moment moment() const { return {scheduler->now(), scheduler->wall_now()}; }
  // The request taken apart; nothing when its URL is no URL.
  std::optional<Exchange> open(const HttpRequest& request, Service service) const;
  HttpResponse serve(const Exchange& exchange);
  HttpResponse refuse(const Exchange& exchange, const Fault& fault);
  Route route(const Exchange& exchange) const;
  void record(const Exchange& exchange, int status);

  const EmulatorOptions options;
  const std::shared_ptr<Scheduler> scheduler;
  mutable std::mutex mutex;
  GuidSource guids;
  Storage storage;
  Entra entra;
  ResourceManager resource_manager;
  FileService files;
  ReadLag lag;
  std::shared_ptr<const FaultScript> script;
  std::uint64_t requests = 0;
  bool recording = true;
  std::vector<Call> calls;
};

}  // namespace dev8agent::emulator
