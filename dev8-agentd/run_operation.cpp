// Answers for callers who do not see the end of their create, start, stop or delete.
#include "run_operation.h"

namespace dev8agentd {

Waiting waiting_of(const Request& request, const CallKind& kind, const Agent& agent) {
  const auto patience = std::min(kind.patience, agent.settings.request_timeout);
  const Preference preference = read_preference(request.headers);
  if (!preference.respond_async) return {false, patience};
  return {true, std::min(preference.wait, patience)};
}

Response not_ended(const std::string& id, const std::string& request_id, const Waiting& waiting,
                   const std::string& where, Standing at, Agent& agent) {
  const auto view = agent.operation_table.find(id);
  const bool stopping = agent.abandon.stop_requested();
  if (waiting.async && view && !stopping) return accepted(view->record);
  if (view) at.progress = view->record.progress;
  Response response =
      stopping ? shutting_down(request_id) : still_running(request_id, waiting.span, std::move(at), where);
  add_operation(response, id);
  return response;
}

}  // namespace dev8agentd
