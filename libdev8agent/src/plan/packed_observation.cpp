// Each member is listed once, in visit(), for both directions. Numbers are written as they are in memory,
// text behind its length. What see_group() and see_share() read from tags and metadata is read from them
// again.
#include "plan/packed_observation.h"

#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dev8agent::internal::plan {
namespace {

template <class T>
concept Number = std::is_arithmetic_v<T>;

constexpr unsigned char kLong = 0xff;  // in the place of a length: it follows in full

class Packer {
 public:
  std::string take() {
    out_.shrink_to_fit();
    return std::move(out_);
  }

  void operator()(Number auto number) { append(&number, sizeof number); }
  void operator()(const std::optional<WallTime>& time) {
    (*this)(time.has_value());
    if (time) (*this)(time->time_since_epoch().count());
  }
  void operator()(const std::string& text) {
    length(text.size());
    append(text.data(), text.size());
  }
  void operator()(const std::vector<std::string>& texts) {
    length(texts.size());
    for (const std::string& text : texts) (*this)(text);
  }
  void operator()(const Labels& labels) {
    length(labels.size());
    for (const auto& [name, value] : labels) (*this)(name), (*this)(value);
  }

 private:
  void length(std::size_t length) {
    (*this)(length < kLong ? static_cast<unsigned char>(length) : kLong);
    if (length >= kLong) (*this)(length);
  }
  void append(const void* bytes, std::size_t size) { out_.append(static_cast<const char*>(bytes), size); }

  std::string out_;
};

// Of what a Packer has written, and in the same order.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : rest_(in) {}

  void operator()(Number auto& number) { take(&number, sizeof number); }
  void operator()(std::optional<WallTime>& time) {
    bool known = false;
    (*this)(known);
    WallTime::rep ticks = 0;
    if (known) (*this)(ticks);
    time = known ? std::optional(WallTime(WallTime::duration(ticks))) : std::nullopt;
  }
  void operator()(std::string& text) {
    text.resize(length());
    take(text.data(), text.size());
  }
  void operator()(std::vector<std::string>& texts) {
    texts.resize(length());
    for (std::string& text : texts) (*this)(text);
  }
  void operator()(Labels& labels) {
    for (std::size_t left = length(); left > 0; --left) {
      std::string name;
      (*this)(name);
      (*this)(labels.emplace_hint(labels.end(), std::move(name), "")->second);
    }
  }

 private:
  std::size_t length() {
    unsigned char first = 0;
    (*this)(first);
    std::size_t length = first;
    if (first == kLong) (*this)(length);
    return length;
  }
  void take(void* bytes, std::size_t size) {
    std::memcpy(bytes, rest_.data(), size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
};

// The bindings name every member, so that a new one does not compile until it is listed here.
template <class Archive, class Group>
void visit_group(Archive& archive, Group& group) {
  auto& [name, location, zone, tags, provisioning_state, state, fqdn, private_ip, image, cpu, memory_gb,
         events, container_state, container_detail, exit_code, restarts, started_at, finished_at, containers,
         sidecars, mounts] = group;
  archive(name), archive(location), archive(zone), archive(tags), archive(provisioning_state), archive(state);
  archive(fqdn), archive(private_ip), archive(image), archive(cpu), archive(memory_gb);
  archive(container_state), archive(container_detail), archive(exit_code), archive(restarts);
  archive(started_at), archive(finished_at), archive(containers);
  static_cast<void>(events), static_cast<void>(sidecars), static_cast<void>(mounts);  // is_plain(): empty
}

template <class Archive, class Share>
void visit_share(Archive& archive, Share& share) {
  auto& [name, quota_gib, metadata, last_modified, metadata_read] = share;
  archive(name), archive(quota_gib), archive(metadata), archive(last_modified), archive(metadata_read);
}

// What visit_group() leaves out is empty.
bool is_plain(const ContainerGroup& group) {
  return group.events.empty() && group.sidecars.empty() && group.mounts.empty();
}

}  // namespace

PackedObservation::PackedObservation(Observation& seen) {
  if (seen.group && is_plain(seen.group->state)) {
    Packer packer;
    visit_group(packer, std::as_const(seen.group->state));
    group_ = packer.take();
    seen.group.reset();
  }
  if (seen.share) {
    Packer packer;
    // A token that was taken off is not read from the metadata again.
    packer(seen.share->token);
    visit_share(packer, std::as_const(seen.share->state));
    share_ = packer.take();
    seen.share.reset();
  }
}

void PackedObservation::unpack_into(Observation& seen) && {
  if (!group_.empty()) {
    ContainerGroup group;
    Unpacker unpacker(group_);
    visit_group(unpacker, group);
    seen.group = see_group(std::move(group));
  }
  std::move(*this).unpack_share_into(seen);
}

void PackedObservation::unpack_share_into(Observation& seen) && {
  if (share_.empty()) return;
  std::string token;
  FileShare share;
  Unpacker unpacker(share_);
  unpacker(token);
  visit_share(unpacker, share);
  seen.share = see_share(std::move(share));
  seen.share->token = std::move(token);
}

}  // namespace dev8agent::internal::plan
