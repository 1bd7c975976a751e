// Endpoints of what is embedded: the API document, the web console where the operator wants it, and the state
// of the emulator under --dev.
#include "dev8agent/wire.h"
#include "embedded.h"
#include "endpoints.h"

namespace dev8agentd {
namespace {

// Nothing but the console's own files is loaded, nothing of them is inline, and no other page may frame it.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string joined(const EmbeddedText& text) {
  std::string whole;
  for (std::string_view piece : text) whole += piece;
  return whole;
}

Response console_file(const Request& request, const EmbeddedText& text, const char* type,
                      const Agent& agent) {
  if (!agent.settings.console) {
    return error_response(dev8agent::make_error(dev8agent::ErrorCode::kNotFound,
                                                "this agent has no console; AGENT_CONSOLE=true turns it on"),
                          request.id);
  }
  return {.body = joined(text),
          .headers = {{"Content-Security-Policy", kPolicy},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}},
          .content_type = type};
}

}  // namespace

Reply show_openapi(const Request&, Agent&) {
  return Response{.body = joined(openapi_document())};
}

Reply show_emulator(const Request& request, Agent& agent) {
  if (!agent.emulator_state) {
    return error_response(dev8agent::make_error(dev8agent::ErrorCode::kNotFound,
                                                "this agent has no emulator; --dev starts one"),
                          request.id);
  }
  return Response{.body = dev8agent::success_body("State of the emulator", agent.emulator_state())};
}

Reply show_console(const Request& request, Agent& agent) {
  return console_file(request, console_page(), "text/html; charset=utf-8", agent);
}

Reply show_console_script(const Request& request, Agent& agent) {
  return console_file(request, console_script(), "text/javascript; charset=utf-8", agent);
}

Reply show_console_style(const Request& request, Agent& agent) {
  return console_file(request, console_style(), "text/css; charset=utf-8", agent);
}

}  // namespace dev8agentd
