// A host name that cannot be resolved, whatever name server the machine has.
#pragma once

#include <string>

namespace dev8agent::test {

// Its first label has more than the 63 bytes that RFC 1035 (2.3.4) allows, so that no name server is asked.
inline const std::string kNoName = "no-such-host-" + std::string(60, 'x') + ".invalid";

}  // namespace dev8agent::test
