// The library for C, and for languages that call C: a shared library of its own, libdev8agent-c, whose ABI
// stays. Component dev8agent::c. Requests and results are JSON texts, the bodies of the REST contract
// (docs/rest.md), so that a new member needs no new function.
//
//   dev8_failure* failure = NULL;
//   dev8_agent* agent = dev8_agent_open(NULL, &failure);  // the settings of the environment variables
//   if (agent == NULL) return fail(failure->message);
//   dev8_operation* created = dev8_create(agent, "{\"workspaceId\":\"workspace-0001\", ...}", NULL);
//   dev8_operation_wait(created, -1);
//   const dev8_failure* why = dev8_operation_failure(created);
//   puts(why ? why->message : dev8_operation_result(created));
//   dev8_operation_free(created);
//   dev8_agent_close(agent);
//
// Texts are UTF-8 and end with 0. A text or struct that a function returns belongs to the object that it was
// asked of, and is valid until that is freed or closed. Functions may be called on any thread; callbacks come
// on a thread of the library. Nothing throws. A structure that a program passes begins with its size, so that
// later versions can add members: set it to sizeof the structure, and unused members to 0.
#ifndef DEV8AGENT_C_H
#define DEV8AGENT_C_H

#include <stddef.h>
#include <stdint.h>

#define DEV8_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// The environments of one subscription, with the settings that it was opened with.
typedef struct dev8_agent dev8_agent;
// Work in progress, and its outcome.
typedef struct dev8_operation dev8_operation;

// Why something failed. Read it, do not make it: `size` says which members this version of the library has.
typedef struct dev8_failure {
  size_t size;
  int code;             // a number of dev8agent::ErrorCode, such as 3 for NOT_FOUND
  int http_status;      // that the REST contract gives to it
  int retryable;        // 1: the same call may succeed later
  const char* reason;   // the machine word, such as "NOT_FOUND"
  const char* message;  // for people; holds no secret
  const char* body;     // all of it, as the REST contract's error body
} dev8_failure;

// Limits of one call, and who is told of its progress. NULL in its place: the defaults.
typedef struct dev8_call {
  size_t size;
  int64_t timeout_ms;      // 0: the default of the operation
  const char* request_id;  // for log records; NULL: none
  const char* only_user;   // others' environments do not exist for the call; NULL: no restriction
  // Called at each step; `stage` is a word such as "provisioning" (progress.h), `detail` is for people and
  // may be empty. It must not block, and may call the functions of this header but dev8_agent_close(). NULL:
  // nobody is told.
  void (*on_progress)(const char* stage, const char* detail, void* user);
  void* user;  // passed on to on_progress
} dev8_call;

// Which environments a list shows. NULL in its place: the first 20 of all.
typedef struct dev8_list_query {
  size_t size;
  const char* user_id;       // NULL: of every user
  const char* cloud_region;  // NULL: of every enabled region
  const char* status;        // such as "RUNNING"; NULL: any
  int page;                  // 1 and up; 0: 1
  int page_size;             // 1-100; 0: 20
  const char* label;         // "name:value", several with commas; NULL: any
  const char* cursor;        // nextCursor of the page before; `page` is then 0; NULL: none
} dev8_list_query;

// The version of the library, "0.1.0".
DEV8_API const char* dev8_version(void);

// Opens an agent. `variables` is a list of "NAME=value" that ends with NULL, with the names of
// docs/configuration.md; NULL: the environment variables of this process. NULL is returned on failure, and
// `*failure`, where `failure` is not NULL, says why; the caller frees it.
DEV8_API dev8_agent* dev8_agent_open(const char* const* variables, dev8_failure** failure);
// Ends all operations that are in flight, without roll-back, and frees the agent. Operations stay until they
// are freed. Not in a callback. NULL is ignored.
DEV8_API void dev8_agent_close(dev8_agent* agent);
// The largest sizes that the settings allow for an environment, {"cpuCores","memoryGB","storageGB"}. NULL
// when `agent` is NULL.
DEV8_API const char* dev8_limits(const dev8_agent* agent);
// NULL is ignored.
DEV8_API void dev8_failure_free(dev8_failure* failure);

// Each begins an operation and returns at once. A request that breaks a rule fails like any other operation.
// NULL only when there is no memory, or `agent` is NULL. The result is the environment as JSON; of a delete,
// {"restorableUntil":...}, {"kept":{...}} or an empty object; of a list, the page. Bodies are those of the
// REST contract; NULL: none. What each does, and with which errors, says EnvironmentOrchestrator
// (dev8agent/orchestrator.h).
DEV8_API dev8_operation* dev8_create(dev8_agent* agent, const char* body, const dev8_call* call);
DEV8_API dev8_operation* dev8_start(dev8_agent* agent, const char* id, const char* body,
                                    const dev8_call* call);
DEV8_API dev8_operation* dev8_stop(dev8_agent* agent, const char* id, const dev8_call* call);
DEV8_API dev8_operation* dev8_restart(dev8_agent* agent, const char* id, const dev8_call* call);
DEV8_API dev8_operation* dev8_restore(dev8_agent* agent, const char* id, const dev8_call* call);
DEV8_API dev8_operation* dev8_update(dev8_agent* agent, const char* id, const char* body,
                                     const dev8_call* call);
DEV8_API dev8_operation* dev8_get(dev8_agent* agent, const char* id, const dev8_call* call);
DEV8_API dev8_operation* dev8_list(dev8_agent* agent, const dev8_list_query* query, const dev8_call* call);
// `force` 1: also when it runs.
DEV8_API dev8_operation* dev8_delete(dev8_agent* agent, const char* id, int force, const dev8_call* call);
// Takes in a container group and a share that others have made under the names of an environment. `user_id`
// and `name` may be NULL: "default-user", and the id.
DEV8_API dev8_operation* dev8_adopt(dev8_agent* agent, const char* id, const char* user_id, const char* name,
                                    const dev8_call* call);

// Questions about more than one environment. The result is the list, or the object, that the REST contract
// has in `data`. The `limits` beside the regions are dev8_limits().
DEV8_API dev8_operation* dev8_regions(dev8_agent* agent, const dev8_call* call);
// What belongs to no whole environment and has not changed for so many minutes; below 0: the default, 60.
DEV8_API dev8_operation* dev8_orphans(dev8_agent* agent, int older_than_minutes, const dev8_call* call);
// `body` as that of POST /api/v1/orphans/sweep; NULL: a dry run.
DEV8_API dev8_operation* dev8_sweep(dev8_agent* agent, const char* body, const dev8_call* call);
// Tries everything that the agent uses in Azure: {"healthy","checks","missingActions","roleDefinition"}.
// `probe_share` 1: also makes a share in each storage account, and deletes it.
DEV8_API dev8_operation* dev8_diagnose(dev8_agent* agent, int probe_share, const dev8_call* call);
// What has happened to an environment, oldest first.
DEV8_API dev8_operation* dev8_events(dev8_agent* agent, const char* id, const dev8_call* call);
// The end of a container's log: {"container","content","truncated"}. `tail` is 1-10000 lines; 0: 200.
DEV8_API dev8_operation* dev8_logs(dev8_agent* agent, const char* id, int tail, const dev8_call* call);

// Waits until the operation has ended, at most `timeout_ms`; below 0: without limit. 1: it has ended. Not in
// a callback, except with 0: where it would wait for itself, the program ends with a message.
DEV8_API int dev8_operation_wait(const dev8_operation* operation, int64_t timeout_ms);
// Calls `done` once when the operation has ended: before this returns, or on the library's thread, where the
// rules of on_progress apply. Once for each operation; `done` may free it.
DEV8_API void dev8_operation_on_done(dev8_operation* operation, void (*done)(void* user), void* user);
// Asks the operation to end early. A create or start rolls back what it has begun.
DEV8_API void dev8_operation_cancel(const dev8_operation* operation);
// NULL while it is under way, and when it has succeeded.
DEV8_API const dev8_failure* dev8_operation_failure(const dev8_operation* operation);
// The result as JSON; NULL while it is under way, and when it has failed. The text of a create or start may
// hold the password of code-server.
DEV8_API const char* dev8_operation_result(const dev8_operation* operation);
// Frees the handle. An operation that is under way goes on. NULL is ignored.
DEV8_API void dev8_operation_free(dev8_operation* operation);

#ifdef __cplusplus
}
#endif

#endif
