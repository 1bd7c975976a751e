// Kinds of faults: see fault_effects.h.
#include "fault_effects.h"

namespace dev8agent::emulator {

bool takes_effect(Fault::Kind kind) {
  switch (kind) {
    case Fault::kRefuseConnection:
    case Fault::kLoseBefore:
    case Fault::kHang:
    case Fault::kStatus:
      return false;
    default:
      return true;
  }
}

bool is_answered(Fault::Kind kind) {
  switch (kind) {
    case Fault::kRefuseConnection:
    case Fault::kLoseBefore:
    case Fault::kLoseAfter:
    case Fault::kHang:
    case Fault::kHangAfter:
      return false;
    default:
      return true;
  }
}

void spoil(Fault::Kind kind, const HttpRequest& request, HttpResponse& response) {
  const bool may_have_body = response.status != 204 && request.method != "HEAD";
  switch (kind) {
    case Fault::kTruncatedBody:
      response.body.resize(response.body.size() / 2);
      break;
    case Fault::kMalformedBody:
      if (may_have_body) response.body = "{]<not json, not xml";
      break;
    case Fault::kWrongContentType:
      response = {200, {{"Content-Type", "text/html"}}, "<!DOCTYPE html><html><body>Gateway</body></html>"};
      break;
    case Fault::kEmptyBody:
      response.status = 200;
      response.body.clear();
      break;
    default:
      break;
  }
}

}  // namespace dev8agent::emulator
