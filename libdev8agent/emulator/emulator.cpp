// Emulator's public face: see dev8agent/emulator.h.
#include "dev8agent/emulator.h"

#include "emulator_impl.h"
#include "memory_transport.h"

namespace dev8agent::emulator {

Emulator::Emulator(EmulatorOptions options, std::shared_ptr<Scheduler> scheduler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(scheduler))) {}

Emulator::~Emulator() = default;

const EmulatorOptions& Emulator::options() const {
  return impl_->options;
}

HttpResponse Emulator::handle(const HttpRequest& request) {
  auto response = impl_->deliver(request, Service::kUnknown, Fault(), true);
  return response ? std::move(*response) : HttpResponse{502, {}, "Nothing listens there."};
}

std::shared_ptr<Transport> Emulator::make_transport() {
  Impl& impl = *impl_;
  return std::make_shared<MemoryTransport>(
      impl.scheduler, impl.options.latency,
      MemoryTransport::Far{[&impl](const HttpRequest& request) { return impl.next_fault(request); },
                           [&impl](const HttpRequest& request, const Fault& fault, bool heard) {
                             return impl.deliver(request, Service::kUnknown, fault, heard);
                           }});
}

void Emulator::set_fault_script(FaultScript script) {
  const std::lock_guard lock(impl_->mutex);
  impl_->script = script ? std::make_shared<const FaultScript>(std::move(script)) : nullptr;
}

void Emulator::set_location(std::string_view location, Deployment outcome) {
  const std::lock_guard lock(impl_->mutex);
  impl_->resource_manager.groups().scenarios().set_location(location, outcome);
}

void Emulator::set_image(std::string_view image, Deployment outcome) {
  const std::lock_guard lock(impl_->mutex);
  impl_->resource_manager.groups().scenarios().set_image(image, outcome);
}

void Emulator::set_core_quota(std::string_view location, int cores) {
  const std::lock_guard lock(impl_->mutex);
  impl_->resource_manager.groups().scenarios().set_core_quota(location, cores);
}

void Emulator::set_provisioning_time(std::chrono::milliseconds time) {
  const std::lock_guard lock(impl_->mutex);
  impl_->resource_manager.groups().scenarios().set_provisioning_time(time);
}

void Emulator::reject_credentials(bool rejected) {
  const std::lock_guard lock(impl_->mutex);
  impl_->entra.reject_credentials(rejected);
}

bool Emulator::register_certificate(std::string_view pem) {
  auto key = SigningKey::read(pem);
  if (!key) return false;
  const std::lock_guard lock(impl_->mutex);
  impl_->entra.assertion_rules().key = std::move(key);
  return true;
}

void Emulator::register_federation(std::string issuer, std::string subject) {
  const std::lock_guard lock(impl_->mutex);
  impl_->entra.assertion_rules().issuer = std::move(issuer);
  impl_->entra.assertion_rules().subject = std::move(subject);
}

void Emulator::expire_tokens() {
  const std::lock_guard lock(impl_->mutex);
  impl_->entra.tokens().expire_all(impl_->scheduler->now());
}

void Emulator::rotate_storage_key(std::string_view account, std::string new_key1, std::string new_key2) {
  const std::lock_guard lock(impl_->mutex);
  if (Account* found = impl_->storage.account(account))
    found->set_keys(std::move(new_key1), std::move(new_key2));
}

bool Emulator::write_log(std::string_view group, std::string_view text) {
  const std::lock_guard lock(impl_->mutex);
  return impl_->resource_manager.groups().write_log(group, text, impl_->scheduler->now());
}

void Emulator::forget_operations() {
  const std::lock_guard lock(impl_->mutex);
  impl_->resource_manager.groups().operations().forget();
}

std::vector<GroupView> Emulator::groups() const {
  const std::lock_guard lock(impl_->mutex);
  const TimePoint now = impl_->scheduler->now();
  std::vector<GroupView> views;
  for (const auto& [key, group] : impl_->resource_manager.groups().store().all()) {
    views.push_back(group_view(group, now));
  }
  return views;
}

std::vector<ShareView> Emulator::shares() const {
  const std::lock_guard lock(impl_->mutex);
  impl_->storage.settle(impl_->scheduler->now());
  std::vector<ShareView> views;
  for (const auto& [key, account] : impl_->storage.accounts()) {
    for (const auto& [name, share] : account.shares) {
      views.push_back({name, account.settings.name, share.quota_gib, share.metadata, share.incarnation,
                       share.gone.has_value()});
    }
  }
  return views;
}

std::vector<Call> Emulator::calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->calls;
}

void Emulator::clear_calls() {
  const std::lock_guard lock(impl_->mutex);
  impl_->calls.clear();
}

void Emulator::record_calls(bool recorded) {
  const std::lock_guard lock(impl_->mutex);
  impl_->recording = recorded;
}

}  // namespace dev8agent::emulator
