// A life of an environment from C, with the settings of the environment variables:
//   cc lifecycle.c $(pkg-config --cflags --libs dev8agent-c) -o lifecycle && ./lifecycle
#include <stdio.h>
#include <string.h>

#include "dev8agent/c.h"

static void show_stage(const char* stage, const char* detail, void* user) {
  printf("  %s: %s %s\n", (const char*)user, stage, detail);
}

// Waits for an operation, prints its result or failure, and frees it. 1: it has succeeded.
static int finish(const char* what, dev8_operation* operation) {
  if (operation == NULL) return 0;
  dev8_operation_wait(operation, -1);
  const dev8_failure* failure = dev8_operation_failure(operation);
  if (failure != NULL) fprintf(stderr, "%s: %s: %s\n", what, failure->reason, failure->message);
  const int succeeded = failure == NULL;
  if (succeeded) printf("%s: done\n", what);
  dev8_operation_free(operation);
  return succeeded;
}

int main(void) {
  dev8_failure* failure = NULL;
  dev8_agent* agent = dev8_agent_open(NULL, &failure);
  if (agent == NULL) {
    fprintf(stderr, "%s\n", failure != NULL ? failure->message : "no memory");
    dev8_failure_free(failure);
    return 1;
  }
  printf("libdev8agent %s\n", dev8_version());
  const char* id = "written-in-c-1";
  const char* body =
      "{\"workspaceId\":\"written-in-c-1\",\"name\":\"From C\",\"cpuCores\":1,\"memoryGB\":2,\"storageGB\":10}";
  dev8_call call;
  memset(&call, 0, sizeof call);
  call.size = sizeof call;
  call.on_progress = show_stage;
  call.user = (void*)id;
  const int good = finish("create", dev8_create(agent, body, &call)) &&
                   finish("get", dev8_get(agent, id, NULL)) && finish("stop", dev8_stop(agent, id, &call)) &&
                   finish("start", dev8_start(agent, id, NULL, &call)) &&
                   finish("delete", dev8_delete(agent, id, 1, &call));
  dev8_agent_close(agent);
  return good ? 0 : 1;
}
