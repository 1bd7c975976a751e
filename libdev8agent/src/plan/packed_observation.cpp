// Each member is listed once, in visit(), for both directions. Numbers are written as they are in memory,
// text behind its length, or as the number of an equal text before it. The names of the agent's tags and
// metadata count as such. What see_group() and see_share() read from tags and metadata is read from them
// again.
#include "plan/packed_observation.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dev8agent::internal::plan {
namespace {

template <class T>
concept Number = std::is_arithmetic_v<T>;

// In the place of a length.
constexpr unsigned char kLong = 0xff;     // it follows in full
constexpr unsigned char kEarlier = 0xfe;  // an equal text has the number that follows

// The texts that others may refer to, by number.
class Texts {
 public:
  static constexpr std::size_t kMost = 255;    // a number is one byte
  static constexpr std::size_t kShortest = 3;  // characters; a shorter one is no longer than its number

  Texts() : texts_(names()) {}
  const std::string& operator[](std::size_t number) const { return texts_[number]; }
  std::optional<unsigned char> find(const std::string& text) const {
    const auto place = std::find(texts_.begin(), texts_.end(), text);
    if (place == texts_.end()) return std::nullopt;
    return static_cast<unsigned char>(place - texts_.begin());
  }
  void note(const std::string& text) {
    if (text.size() >= kShortest && texts_.size() < kMost) texts_.push_back(text);
  }

 private:
  static const std::vector<std::string>& names() {
    static const std::vector<std::string> all = [] {
      std::vector<std::string> found;
      for (const Labels& labels : {to_tags({}, "token"), to_metadata({}, "token")})
        for (const auto& [name, value] : labels) found.push_back(name);
      return found;
    }();
    return all;
  }

  std::vector<std::string> texts_;
};

class Packer {
 public:
  std::string take() {
    out_.shrink_to_fit();
    return std::move(out_);
  }

  void operator()(Number auto number) { append(&number, sizeof number); }
  void operator()(WallTime time) { (*this)(time.time_since_epoch().count()); }
  void operator()(Layout layout) { (*this)(static_cast<int>(layout)); }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  void operator()(const std::string& text) {
    if (const auto earlier = texts_.find(text)) {
      (*this)(kEarlier);
      (*this)(*earlier);
      return;
    }
    length(text.size());
    append(text.data(), text.size());
    texts_.note(text);
  }
  void operator()(const std::vector<std::string>& texts) {
    length(texts.size());
    for (const std::string& text : texts) (*this)(text);
  }
  template <class Compare>
  void operator()(const std::map<std::string, std::string, Compare>& texts) {
    length(texts.size());
    for (const auto& [name, value] : texts) (*this)(name), (*this)(value);
  }

 private:
  void length(std::size_t length) {
    const bool fits = length < kEarlier;
    (*this)(fits ? static_cast<unsigned char>(length) : kLong);
    if (!fits) (*this)(length);
  }
  void append(const void* bytes, std::size_t size) { out_.append(static_cast<const char*>(bytes), size); }

  std::string out_;
  Texts texts_;
};

// Of what a Packer has written, and in the same order.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : rest_(in) {}

  void operator()(Number auto& number) { take(&number, sizeof number); }
  void operator()(WallTime& time) { time = WallTime(WallTime::duration(next<WallTime::rep>())); }
  void operator()(Layout& layout) { layout = static_cast<Layout>(next<int>()); }
  template <class T>
  void operator()(std::optional<T>& value) {
    value.reset();
    if (next<bool>()) (*this)(value.emplace());
  }
  void operator()(std::string& text) {
    const auto code = next<unsigned char>();
    if (code == kEarlier) {
      text = texts_[next<unsigned char>()];
      return;
    }
    text.resize(length(code));
    take(text.data(), text.size());
    texts_.note(text);
  }
  void operator()(std::vector<std::string>& texts) {
    texts.resize(length(next<unsigned char>()));
    for (std::string& text : texts) (*this)(text);
  }
  template <class Compare>
  void operator()(std::map<std::string, std::string, Compare>& texts) {
    for (std::size_t left = length(next<unsigned char>()); left > 0; --left) {
      const std::string name = next<std::string>();
      (*this)(texts.emplace_hint(texts.end(), name, "")->second);
    }
  }
  template <class T>
  T next() {
    T value{};
    (*this)(value);
    return value;
  }

 private:
  std::size_t length(unsigned char code) { return code == kLong ? next<std::size_t>() : code; }
  void take(void* bytes, std::size_t size) {
    std::memcpy(bytes, rest_.data(), size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  Texts texts_;
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

template <class Archive, class Spec>
void visit_spec(Archive& archive, Spec& spec) {
  auto& [user_id, name, cpu_cores, memory_gb, storage_gb, base_image, idle_stop_minutes, image, variables,
         git_repository, labels, zone] = spec;
  archive(user_id), archive(name), archive(cpu_cores), archive(memory_gb), archive(storage_gb);
  archive(base_image), archive(idle_stop_minutes), archive(image), archive(variables);
  archive(git_repository), archive(labels), archive(zone);
}

// Facts have a base, which rules out one list of all members.
template <class Archive, class AnyFacts>
void visit_facts(Archive& archive, AnyFacts& facts) {
  using Spec = std::conditional_t<std::is_const_v<AnyFacts>, const EnvironmentSpec, EnvironmentSpec>;
  visit_spec(archive, static_cast<Spec&>(facts));
  archive(facts.id), archive(facts.region), archive(facts.created_at), archive(facts.layout);
}

// What visit_group() leaves out is empty.
bool is_plain(const ContainerGroup& group) {
  return group.events.empty() && group.sidecars.empty() && group.mounts.empty();
}

}  // namespace

PackedObservation::PackedObservation(Observation& seen, Rare<Facts>* wanted) {
  Packer packer;
  packer(seen.share.has_value());
  if (seen.share) {
    // A token that was taken off is not read from the metadata again.
    packer(seen.share->token);
    visit_share(packer, std::as_const(seen.share->state));
    seen.share.reset();
  }
  const bool takes_wanted = wanted && wanted->has_value();
  packer(takes_wanted);
  if (takes_wanted) {
    visit_facts(packer, std::as_const(**wanted));
    wanted->reset();
  }
  const bool takes_group = seen.group && is_plain(seen.group->state);
  packer(takes_group);
  if (takes_group) {
    visit_group(packer, std::as_const(seen.group->state));
    seen.group.reset();
  }
  bytes_ = packer.take();
}

void PackedObservation::unpack_into(Observation& seen, Rare<Facts>* wanted) && {
  unpack(seen, wanted, true);
}

void PackedObservation::unpack_without_group(Observation& seen, Rare<Facts>* wanted) && {
  unpack(seen, wanted, false);
}

void PackedObservation::unpack(Observation& seen, Rare<Facts>* wanted, bool with_group) const {
  Unpacker unpacker(bytes_);
  if (unpacker.next<bool>()) {
    const std::string token = unpacker.next<std::string>();
    FileShare share;
    visit_share(unpacker, share);
    seen.share = see_share(std::move(share));
    seen.share->token = token;
  }
  if (unpacker.next<bool>()) {
    Facts facts;
    visit_facts(unpacker, facts);
    *wanted = std::move(facts);
  }
  if (unpacker.next<bool>() && with_group) {
    ContainerGroup group;
    visit_group(unpacker, group);
    seen.group = see_group(std::move(group));
  }
}

}  // namespace dev8agent::internal::plan
