// What the kinds of Fault do to a request and its answer.
#pragma once

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

bool takes_effect(Fault::Kind kind);
bool is_answered(Fault::Kind kind);
// Damages `response` as `kind` says.
void spoil(Fault::Kind kind, const HttpRequest& request, HttpResponse& response);

}  // namespace dev8agent::emulator
