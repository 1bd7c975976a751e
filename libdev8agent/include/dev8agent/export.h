// DEV8AGENT_EXPORT marks the declarations that a shared library makes visible to programs. Everything else
// is hidden. A static library needs no marks, so the macro is then empty. CMake and pkg-config define
// DEV8AGENT_SHARED_LIBRARY for the library and its users when the library is a shared one.
// DEV8AGENT_HIDDEN takes a nested class out of an exported one.
// DEV8AGENT_ABI is the inline namespace of everything public. It names the versions that share one ABI, so
// that two of them in one process never mix their symbols. Programs never write it.
//
//   namespace dev8agent {
//   inline namespace DEV8AGENT_ABI {
//   class DEV8AGENT_EXPORT Shown {};
//   }  // namespace DEV8AGENT_ABI
//   }  // namespace dev8agent
#pragma once

#define DEV8AGENT_ABI v0_1

#define DEV8AGENT_HIDDEN __attribute__((visibility("hidden")))
#if defined(DEV8AGENT_SHARED_LIBRARY)
#define DEV8AGENT_EXPORT __attribute__((visibility("default")))
#else
#define DEV8AGENT_EXPORT
#endif
