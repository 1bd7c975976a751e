// Columns and details of each kind of answer.
#include "dev8ctl/views.h"

#include <set>
#include <vector>

#include "dev8ctl/table.h"

namespace dev8ctl {
namespace {

struct Column {
  const char* heading;
  std::string (*cell)(const Json& item);
};

std::string with_unit(const Json& item, const char* name, const char* unit) {
  const std::string number = text_at(item, name);
  return number.empty() || number == "0" ? "-" : number + unit;
}

// "2026-01-15T08:30:00.000Z" without the fraction.
std::string short_time(std::string time) {
  const auto dot = time.find('.');
  if (dot != std::string::npos && time.ends_with('Z')) time.replace(dot, std::string::npos, "Z");
  return time;
}

std::string quota(const Json& region, const char* name) {
  const Json& usage = member(member(region, "usage"), name);
  return usage.IsNull() ? "-" : text_at(usage, "current") + "/" + text_at(usage, "limit");
}

const std::vector<Column> kEnvironmentColumns = {
    {"ID", [](const Json& e) { return text_at(e, "id"); }},
    {"NAME", [](const Json& e) { return cut(text_at(e, "name"), 32); }},
    {"STATUS", [](const Json& e) { return text_at(e, "status"); }},
    {"REGION", [](const Json& e) { return text_at(e, "cloudRegion"); }},
    {"CPU", [](const Json& e) { return with_unit(e, "cpuCores", ""); }},
    {"MEMORY", [](const Json& e) { return with_unit(e, "memoryGB", " GB"); }},
    {"STORAGE", [](const Json& e) { return with_unit(e, "storageGB", " GB"); }},
    {"USER", [](const Json& e) { return text_at(e, "userId"); }},
    {"CREATED", [](const Json& e) { return short_time(text_at(e, "createdAt")); }}};

const std::vector<Column> kRegionColumns = {
    {"NAME", [](const Json& r) { return text_at(r, "name"); }},
    {"LOCATION", [](const Json& r) { return text_at(r, "location"); }},
    {"DEFAULT", [](const Json& r) { return std::string(text_at(r, "default") == "true" ? "yes" : ""); }},
    {"STATUS", [](const Json& r) { return text_at(r, "status"); }},
    {"GROUPS", [](const Json& r) { return quota(r, "containerGroups"); }},
    {"CORES", [](const Json& r) { return quota(r, "cores"); }},
    {"MAX CPU", [](const Json& r) { return with_unit(member(r, "limits"), "cpuCores", ""); }},
    {"MAX MEMORY", [](const Json& r) { return with_unit(member(r, "limits"), "memoryGB", " GB"); }},
    {"MAX STORAGE", [](const Json& r) { return with_unit(member(r, "limits"), "storageGB", " GB"); }},
    {"DETAIL", [](const Json& r) { return text_at(r, "detail"); }}};

std::string swept(const Json& orphan) {
  const Json& removed = member(orphan, "removed");
  return !removed.IsBool() ? "" : removed.GetBool() ? "yes" : "no";
}

const std::vector<Column> kOrphanColumns = {
    {"ENVIRONMENT", [](const Json& o) { return text_at(o, "environmentId"); }},
    {"REGION", [](const Json& o) { return text_at(o, "cloudRegion"); }},
    {"KIND", [](const Json& o) { return text_at(o, "kind"); }},
    {"NAME", [](const Json& o) { return text_at(o, "name"); }},
    {"AGE", [](const Json& o) { return text_at(o, "ageMinutes") + " min"; }},
    {"REMOVED", swept},
    {"REASON", [](const Json& o) { return text_at(o, "reason"); }}};

const std::vector<Column> kEventColumns = {
    {"TIME", [](const Json& e) { return short_time(text_at(e, "time")); }},
    {"TYPE", [](const Json& e) { return text_at(e, "type"); }},
    {"NAME", [](const Json& e) { return text_at(e, "name"); }},
    {"COUNT", [](const Json& e) { return text_at(e, "count"); }},
    {"MESSAGE", [](const Json& e) { return text_at(e, "message"); }}};

// The finding's code stands before the detail: most checks have none, and a column would take their room.
std::string check_detail(const Json& check) {
  const std::string code = text_at(check, "code"), detail = text_at(check, "detail");
  return code.empty() || detail.empty() ? code + detail : code + ": " + detail;
}

const std::vector<Column> kCheckColumns = {{"VERDICT", [](const Json& c) { return text_at(c, "verdict"); }},
                                           {"SUBJECT", [](const Json& c) { return text_at(c, "subject"); }},
                                           {"DETAIL", check_detail}};

std::string as_table(const Json& list, const std::vector<Column>& columns, std::size_t width) {
  if (!list.IsArray() || list.Empty()) return "";
  Row headings;
  for (const Column& column : columns) headings.emplace_back(column.heading);
  std::vector<Row> rows;
  for (const Json& item : list.GetArray()) {
    Row& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(column.cell(item));
  }
  return table(headings, rows, width);
}

// "a, b" of a list, "a=1, b=2" of an object of texts; empty for anything else.
std::string in_one_line(const Json& value) {
  std::string line;
  const auto add = [&](const std::string& part) { line += (line.empty() ? "" : ", ") + part; };
  if (value.IsArray()) {
    for (const Json& item : value.GetArray()) add(item.IsString() ? item.GetString() : compact(item));
  } else if (value.IsObject()) {
    for (const auto& entry : value.GetObject())
      add(entry.name.GetString() + ("=" + text_at(value, entry.name.GetString())));
  }
  return line;
}

// What is known of one environment, empty values left out.
std::string environment_details(const Json& e) {
  const Json& urls = member(e, "connectionUrls");
  const std::vector<Row> all = {
      {"ID", text_at(e, "id")},
      {"Name", text_at(e, "name")},
      {"Status", text_at(e, "status")},
      {"Detail", text_at(e, "statusDetail")},
      {"Region", text_at(e, "cloudRegion")},
      {"User", text_at(e, "userId")},
      {"Size", with_unit(e, "cpuCores", " CPU, ") + with_unit(e, "memoryGB", " GB memory, ") +
                   with_unit(e, "storageGB", " GB storage")},
      {"Image", text_at(e, "image")},
      {"Base image", text_at(e, "baseImage")},
      {"Variables", in_one_line(member(e, "environmentVariables"))},
      {"Repository", text_at(e, "gitRepository")},
      {"Zone", text_at(e, "zone")},
      {"Labels", in_one_line(member(e, "labels"))},
      {"Web", text_at(urls, "vscodeWebUrl")},
      {"Desktop", text_at(urls, "vscodeDesktopUrl")},
      {"SSH", text_at(urls, "sshUrl")},
      {"Password", text_at(urls, "codeServerPassword")},
      {"Container group", text_at(e, "azureContainerGroup")},
      {"File share", text_at(e, "azureFileShare")},
      {"Created", short_time(text_at(e, "createdAt"))},
      {"Updated", short_time(text_at(e, "updatedAt"))},
      {"Last used", short_time(text_at(e, "lastActivityAt"))},
      {"Idle stop at", short_time(text_at(e, "idleStopAt"))}};
  std::vector<Row> told;
  for (const Row& row : all) {
    if (!row[1].empty()) told.push_back(row);
  }
  return details(told);
}

// What to do about each finding, once.
std::string remedies(const Json& checks) {
  std::string text;
  std::set<std::string> told;
  if (!checks.IsArray()) return text;
  for (const Json& check : checks.GetArray()) {
    const std::string code = text_at(check, "code");
    if (!code.empty() && told.insert(code).second)
      text += "\n" + code + "\n  " + text_at(check, "remedy") + "\n";
  }
  return text;
}

std::string diagnosis_details(const Json& diagnosis, std::size_t width) {
  const Json& checks = member(diagnosis, "checks");
  std::string text = as_table(checks, kCheckColumns, width) + remedies(checks);
  const Json& role = member(diagnosis, "roleDefinition");
  if (!role.IsNull())
    text += "\nA role with what is missing, for `az role definition create`:\n\n" + indented(role);
  return text;
}

std::string plain_details(const Json& object) {
  std::vector<Row> rows;
  if (!object.IsObject()) return compact(object) + "\n";
  for (const auto& entry : object.GetObject()) {
    rows.push_back({entry.name.GetString(), text_at(object, entry.name.GetString())});
  }
  return details(rows);
}

}  // namespace

std::string render(const Json& value, Shown shown, Format format, std::size_t width) {
  if (format == Format::kJson) return indented(value);
  if (format == Format::kYaml) return to_yaml(value);
  switch (shown) {
    case Shown::kEnvironments:
      return as_table(value, kEnvironmentColumns, width);
    case Shown::kRegions:
      return as_table(value, kRegionColumns, width);
    case Shown::kOrphans:
      return as_table(value, kOrphanColumns, width);
    case Shown::kEvents:
      return as_table(value, kEventColumns, width);
    case Shown::kEnvironment:
      return environment_details(value);
    case Shown::kDiagnosis:
      return diagnosis_details(value, width);
    case Shown::kPlain:
      return plain_details(value);
  }
  return "";
}

std::string none_of(const Json& value, Shown shown) {
  if (!value.IsArray() || !value.Empty()) return "";
  switch (shown) {
    case Shown::kEnvironments:
      return "No environments.";
    case Shown::kRegions:
      return "No regions.";
    case Shown::kOrphans:
      return "No orphans.";
    case Shown::kEvents:
      return "No events.";
    case Shown::kEnvironment:
    case Shown::kDiagnosis:
    case Shown::kPlain:
      break;
  }
  return "";
}

rapidjson::Document regions_with_limits(const Json& data) {
  rapidjson::Document regions;
  auto& memory = regions.GetAllocator();
  regions.CopyFrom(member(data, "regions"), memory);
  const Json& limits = member(data, "limits");
  if (!regions.IsArray() || !limits.IsObject()) return regions;
  for (Json& region : regions.GetArray()) {
    if (region.IsObject()) region.AddMember("limits", Json(limits, memory), memory);
  }
  return regions;
}

std::string render_event(const Json& event, Format format) {
  if (format == Format::kJson) return compact(event) + "\n";
  if (format == Format::kYaml) return "---\n" + to_yaml(event);
  std::string text =
      short_time(text_at(event, "time")) + "  " + text_at(event, "type") + "  " + text_at(event, "name");
  const std::string message = text_at(event, "message");
  if (!message.empty()) text += "  " + message;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text + "\n";
}

}  // namespace dev8ctl
