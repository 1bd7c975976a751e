"""A life of an environment from Python, through the C functions: lifecycle.py [LIBRARY]

The settings are those of the environment variables (docs/configuration.md). LIBRARY: libdev8agent-c.so.0 of another
place than the system's.
"""
import ctypes
import json
import sys

STAGE = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)


class Failure(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("code", ctypes.c_int), ("http_status", ctypes.c_int),
                ("retryable", ctypes.c_int), ("reason", ctypes.c_char_p), ("message", ctypes.c_char_p),
                ("body", ctypes.c_char_p)]


class Call(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("timeout_ms", ctypes.c_int64), ("request_id", ctypes.c_char_p),
                ("only_user", ctypes.c_char_p), ("on_progress", STAGE), ("user", ctypes.c_void_p)]


class Dev8Error(Exception):
    """A failure of the library; `reason` is its machine word."""

    def __init__(self, failure):
        super().__init__(failure.message.decode())
        self.reason = failure.reason.decode()
        self.status = failure.http_status


def load(path):
    library = ctypes.CDLL(path)
    handle, text = ctypes.c_void_p, ctypes.c_char_p
    library.dev8_version.restype = text
    library.dev8_agent_open.restype = handle
    library.dev8_agent_open.argtypes = [ctypes.POINTER(text), ctypes.POINTER(ctypes.POINTER(Failure))]
    library.dev8_agent_close.argtypes = [handle]
    library.dev8_limits.restype = text
    library.dev8_limits.argtypes = [handle]
    library.dev8_failure_free.argtypes = [ctypes.POINTER(Failure)]
    library.dev8_operation_wait.argtypes = [handle, ctypes.c_int64]
    library.dev8_operation_cancel.argtypes = [handle]
    library.dev8_operation_failure.restype = ctypes.POINTER(Failure)
    library.dev8_operation_failure.argtypes = [handle]
    library.dev8_operation_result.restype = text
    library.dev8_operation_result.argtypes = [handle]
    library.dev8_operation_free.argtypes = [handle]
    for name, arguments in {"create": [text], "start": [text, text], "update": [text, text], "stop": [text],
                            "restart": [text], "restore": [text], "adopt": [text, text, text],
                            "delete": [text, ctypes.c_int], "get": [text], "events": [text], "list": [ctypes.c_void_p],
                            "regions": [], "orphans": [ctypes.c_int], "sweep": [text], "diagnose": [ctypes.c_int],
                            "logs": [text, ctypes.c_int]}.items():
        function = getattr(library, "dev8_" + name)
        function.restype = handle
        function.argtypes = [handle] + arguments + [ctypes.POINTER(Call)]
    return library


class Agent:
    """The environments of one subscription. `on_stage` is told of the progress of every call."""

    def __init__(self, path="libdev8agent-c.so.0", variables=None, on_stage=None):
        self.library = load(path)
        settings = None
        if variables is not None:
            lines = [f"{name}={value}".encode() for name, value in variables.items()]
            settings = (ctypes.c_char_p * (len(lines) + 1))(*lines, None)
        failure = ctypes.POINTER(Failure)()
        self.handle = self.library.dev8_agent_open(settings, ctypes.byref(failure))
        if not self.handle:
            error = Dev8Error(failure.contents) if failure else MemoryError()
            self.library.dev8_failure_free(failure)
            raise error
        tell = on_stage or (lambda stage, detail: None)
        self.callback = STAGE(lambda stage, detail, user: tell(stage.decode(), detail.decode()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.dev8_agent_close(self.handle)

    def limits(self):
        """The largest sizes that the settings allow."""
        return json.loads(self.library.dev8_limits(self.handle))

    def run(self, verb, *arguments, timeout_ms=0):
        """Begins an operation, waits for its end and returns its result."""
        call = Call(ctypes.sizeof(Call), timeout_ms, None, None, self.callback, None)
        arguments = [one.encode() if isinstance(one, str) else one for one in arguments]
        operation = getattr(self.library, "dev8_" + verb)(self.handle, *arguments, ctypes.byref(call))
        if not operation:
            raise MemoryError()
        try:
            self.library.dev8_operation_wait(operation, -1)
            failure = self.library.dev8_operation_failure(operation)
            if failure:
                raise Dev8Error(failure.contents)
            return json.loads(self.library.dev8_operation_result(operation))
        finally:
            self.library.dev8_operation_free(operation)


def main():
    stages = []
    with Agent(*sys.argv[1:2], on_stage=lambda stage, detail: stages.append(stage)) as agent:
        print("libdev8agent", agent.library.dev8_version().decode())
        body = {"workspaceId": "from-python-1", "name": "From Python", "cpuCores": 1, "memoryGB": 2, "storageGB": 10}
        made = agent.run("create", json.dumps(body))
        print(made["status"], made["connectionUrls"]["vscodeWebUrl"])
        print("environments:", agent.run("list", None)["total"])
        print(agent.run("update", "from-python-1", '{"labels": {"team": "blue"}}')["labels"])
        agent.run("stop", "from-python-1")
        print(agent.run("start", "from-python-1", None)["status"])
        agent.run("delete", "from-python-1", 1)
        try:
            agent.run("get", "from-python-1")
        except Dev8Error as error:
            print(error.reason, error.status)
        print("stages:", " ".join(dict.fromkeys(stages)))


if __name__ == "__main__":
    main()
