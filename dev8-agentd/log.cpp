// JSON lines through spdlog's asynchronous logger.
#include "log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {
constexpr std::size_t kQueuedLines = 512;
}

Log::Log(dev8agent::LogLevel level) : level_(level) {
  spdlog::init_thread_pool(kQueuedLines, 1);
  logger_ = spdlog::create_async_nb<spdlog::sinks::stderr_sink_st>("dev8-agentd");
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::trace);
  logger_->flush_on(spdlog::level::trace);
}

Log::~Log() {
  logger_.reset();
  spdlog::shutdown();
}

void Log::write(const dev8agent::LogRecord& record) const {
  if (record.level < level_) return;
  dev8agent::JsonObject line;
  line.field("time", dev8agent::format_time(std::chrono::system_clock::now()));
  line.field("level", dev8agent::to_string(record.level));
  line.field("event", record.event);
  for (const dev8agent::LogField& field : record.fields) line.field(field.name, field.value);
  const std::string text = line.str();
  logger_->log(spdlog::level::info, spdlog::string_view_t(text));
}

}  // namespace dev8agentd
