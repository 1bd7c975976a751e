# Sourced by the scripts that build: `jobs`, how many compilers and tests run at once (DEV8AGENT_JOBS, or one for each
# core), and `launcher`, the CMake options that put ccache before the compiler where it is installed.
jobs=${DEV8AGENT_JOBS:-$(nproc)}
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
