// Text by name in one text, as share metadata stores environment variables and labels. Pure.
//
//   join({{"A", "1"}, {"B", "2"}}) == "A\t1\nB\t2\n"
//
// Neither names nor values have control characters (plan/validate.h), so that every map comes back as it was.
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/environment.h"

namespace dev8agent::internal {

// Empty for no texts.
std::string join(const NamedTexts& texts);
// The inverse. A line without a name and a value is left out.
NamedTexts split_texts(std::string_view joined);

}  // namespace dev8agent::internal
