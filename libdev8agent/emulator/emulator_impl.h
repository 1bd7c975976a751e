// The emulated cloud behind Emulator: its services, the fault script and the record of calls, under
// one mutex. A request takes this way:
//
//   transport or server: next_fault(request)    the fault script decides what happens to it
//   then: deliver(request, service, fault)
//     open()                                    takes it apart: URL, service, account, time
//     takes_effect(), lag, serve(), spoil()     the service answers, the fault changes that
//     record()                                  notes the call
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "arm/resource_manager.h"
#include "core/roles.h"
#include "dev8agent/emulator.h"
#include "entra/token_service.h"
#include "files/file_service.h"
#include "read_lag.h"

namespace dev8agent::emulator {

// Members are public for Emulator and EmulatorServer, the only users. Those that may be called
// without the mutex say so; everything else needs it. The services keep references to each other
// and to `options` and `guids`, so the order of the members matters.
struct DEV8AGENT_HIDDEN Emulator::Impl {
  // `loop` tells the time and drives memory transports; no work of the emulator itself runs on it.
  // The state is worked out from the time whenever somebody looks.
  Impl(EmulatorOptions wanted, std::shared_ptr<Scheduler> loop);

  // What the next request of a transport or server meets; counts requests. Locks the mutex for
  // that, and runs the script without it, because the script may query the emulator. Any thread.
  Fault next_fault(const HttpRequest& request);
  // Lets `request` meet `fault`: the state changes as the fault allows. `heard` tells whether the
  // caller waits long enough for an answer; the record of the call has status 0 when not. Nothing
  // when the fault allows no answer. `service` kUnknown: the host of the URL decides. Locks the
  // mutex. Any thread.
  std::optional<HttpResponse> deliver(const HttpRequest& request, Service service, const Fault& fault,
                                      bool heard);

  // The request taken apart; nothing when its URL is not valid, which deliver() answers with 400.
  // The result refers to `request`.
  std::optional<Exchange> open(const HttpRequest& request, Service service) const;
  // The service's answer; 404 for a host that belongs to none. Nothing: a workspace that does not listen.
  std::optional<HttpResponse> serve(const Exchange& exchange);
  // The answer of Fault::kStatus: the status and code of `fault` in the error format of the
  // service.
  HttpResponse refuse(const Exchange& exchange, const Fault& fault);
  Route route(const Exchange& exchange) const;
  // Counts the call, and appends it to `calls` unless recording is off. `status` 0: no answer reached the
  // caller.
  void record(const Exchange& exchange, int status);

  // Never change, and are read without the mutex.
  const EmulatorOptions options;
  const std::shared_ptr<Scheduler> scheduler;
  mutable MomentSource clock;  // needs no mutex
  // Guards everything below.
  mutable std::mutex mutex;
  GuidSource guids;
  const Roles roles;
  Storage storage;
  Entra entra;
  ResourceManager resource_manager;
  FileService files;
  ReadLag lag;
  // Null: no faults. Shared, so that it can be replaced while it runs.
  std::shared_ptr<const FaultScript> script;
  std::uint64_t requests = 0;  // how many asked for a fault; the script's `index`
  bool recording = true;
  std::map<std::string, std::int64_t> counts;  // of all calls, by operation
  std::map<Fault::Kind, std::int64_t> faults;  // that the script has sent
  std::vector<Call> calls;
};

}  // namespace dev8agent::emulator
