"""The edges of the C functions: edges.py LIBRARY DIRECTORY_OF_THE_EXAMPLE"""
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading

sys.path.insert(0, sys.argv[2])
from lifecycle import Agent, Call, Dev8Error, STAGE  # noqa: E402

path = sys.argv[1]
body = json.dumps({"workspaceId": "edges-of-c-1", "name": "Edges", "cpuCores": 1, "memoryGB": 2, "storageGB": 10})


def fails(reason, work):
    try:
        work()
    except Dev8Error as error:
        assert error.reason == reason, (error.reason, str(error))
        return str(error)
    raise AssertionError("it did not fail")


# Settings: all mistakes are named; the list replaces the environment variables.
assert "AZURE_SUBSCRIPTION_ID" in fails("INVALID_REQUEST", lambda: Agent(path, {}))
fails("INVALID_REQUEST", lambda: Agent(path, {"": "x"}))

settings = {name: value for name, value in os.environ.items() if name.startswith("AZURE_")}

# Who waits in a callback of the operation is told, and does not hang. In a process of its own, which this ends.
if sys.argv[3:] == ["wait-in-callback"]:
    with Agent(path, settings) as agent:
        library = agent.library
        called = threading.Event()

        def wait(_):
            if threading.current_thread() is threading.main_thread():  # it had ended before
                return ask()
            other = library.dev8_regions(agent.handle, None)
            library.dev8_operation_wait(other, 0)
            library.dev8_operation_wait(other, -1)
            called.set()

        DONE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        library.dev8_operation_on_done.argtypes = [ctypes.c_void_p, DONE, ctypes.c_void_p]
        callback = DONE(wait)

        def ask():
            library.dev8_operation_on_done(library.dev8_regions(agent.handle, None), callback, None)

        ask()
        called.wait()
    sys.exit("the callback has waited")
ended = subprocess.run([sys.executable, *sys.argv, "wait-in-callback"], stderr=subprocess.PIPE, text=True)
assert ended.returncode == -signal.SIGABRT, (ended.returncode, ended.stderr)
assert "would wait for itself" in ended.stderr, ended.stderr
settings["AGENT_MAX_CPU_CORES"] = "2"
with Agent(path, settings) as agent:
    library = agent.library
    # A request that breaks rules fails like any other operation.
    assert "cpuCores" in fails("INVALID_REQUEST", lambda: agent.run("create", "{}"))
    fails("INVALID_REQUEST", lambda: agent.run("create", "no json"))
    fails("INVALID_REQUEST", lambda: agent.run("get", "x"))
    fails("INVALID_REQUEST", lambda: agent.run("get", None))
    # A structure of an older program, which ends before on_progress.
    old = Call(Call.on_progress.offset, 30000, None, b"user-2", STAGE(lambda *_: os.abort()), None)
    operation = library.dev8_create(agent.handle, body.encode(), ctypes.byref(old))
    assert library.dev8_operation_wait(operation, -1) == 1
    assert json.loads(library.dev8_operation_result(operation))["status"] == "RUNNING"
    assert not library.dev8_operation_failure(operation)
    # What is not about one environment.
    assert [region["name"] for region in agent.run("regions")] == [
        one.split(":")[0] for one in settings["AZURE_REGIONS"].split(",")]
    assert agent.limits() == {"cpuCores": 2, "memoryGB": 16, "storageGB": 100}, agent.limits()
    assert agent.run("orphans", 0) == [] and agent.run("orphans", -1) == [] and agent.run("sweep", None) == []
    assert "olderThanMinutes" in fails("INVALID_REQUEST", lambda: agent.run("sweep", '{"olderThanMinutes":-1}'))
    diagnosis = agent.run("diagnose", 1)
    assert any(check["subject"].startswith("share:") for check in diagnosis["checks"]), diagnosis
    assert agent.run("logs", "edges-of-c-1", 0)["container"]
    events = agent.run("events", "edges-of-c-1")
    assert "Started" in [event["name"] for event in events], events
    fails("NOT_FOUND", lambda: agent.run("events", "edges-of-c-2"))
    # What is an agent's already is adopted by its owner as it is, and by nobody else.
    assert agent.run("adopt", "edges-of-c-1", None, None)["name"] == "Edges"
    fails("CONFLICT", lambda: agent.run("adopt", "edges-of-c-1", "eve", None))
    fails("NOT_FOUND", lambda: agent.run("adopt", "edges-of-c-2", "eve", "Of others"))
    assert "userId" in fails("INVALID_REQUEST", lambda: agent.run("adopt", "edges-of-c-1", "not a word", None))
    assert "tail" in fails("INVALID_REQUEST", lambda: agent.run("logs", "edges-of-c-1", 10001))
    # The end is told once, also when it has come before; the callback may free the handle.
    DONE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
    library.dev8_operation_on_done.argtypes = [ctypes.c_void_p, DONE, ctypes.c_void_p]
    told = []
    late = DONE(lambda user: told.append("late") or library.dev8_operation_free(operation))
    library.dev8_operation_on_done(operation, late, None)
    assert told == ["late"]
    ended = threading.Event()
    handle = library.dev8_stop(agent.handle, b"edges-of-c-1", None)
    soon = DONE(lambda user: ended.set())
    library.dev8_operation_on_done(handle, soon, None)
    assert ended.wait(30)
    library.dev8_operation_free(handle)
    # A handle may go while its operation is under way.
    library.dev8_operation_free(library.dev8_delete(agent.handle, b"edges-of-c-1", 1, None))
    while True:
        try:
            agent.run("get", "edges-of-c-1")
        except Dev8Error as error:
            assert error.reason == "NOT_FOUND", error.reason
            break
    # NULL is no crash.
    assert not library.dev8_get(None, b"edges-of-c-1", None)
    assert library.dev8_limits(None) is None
    library.dev8_operation_free(None)
    library.dev8_failure_free(None)
    left = library.dev8_create(agent.handle, body.encode(), None)
# The agent is closed: the operation has ended, and its outcome can still be read.
assert library.dev8_operation_wait(left, 0) == 1
assert library.dev8_operation_failure(left).contents.reason == b"CANCELLED"
library.dev8_operation_free(left)
print("the edges hold")
