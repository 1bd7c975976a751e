// JSON for the emulator: the one part of the library's internals that it uses. `json` here is the
// library's parser, value and writer; src/json/value.h describes them.
#pragma once

#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace dev8agent::emulator {

namespace json = internal::json;

}  // namespace dev8agent::emulator
