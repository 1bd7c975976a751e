// What each kind of Fault does to a request and its answer. Emulator::Impl::deliver() applies these
// three functions in this order; MemoryTransport and EmulatorServer decide when, or whether, the
// caller hears.
#pragma once

#include <string_view>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// Whether the request reaches its service and may change the state.
bool takes_effect(Fault::Kind kind);
// Whether the caller gets an answer. False: the connection fails or stays silent.
bool is_answered(Fault::Kind kind);
// Damages `response` as `kind` says; does nothing for the kinds that leave answers alone. A
// malformed body is put only where an answer may have a body (not for HEAD and 204).
void spoil(Fault::Kind kind, const HttpRequest& request, HttpResponse& response);

// The word of a kind in parse_fault_script(), such as "lose-after"; "none" for kNone. In fault_file.cpp.
std::string_view word_of(Fault::Kind kind);

}  // namespace dev8agent::emulator
