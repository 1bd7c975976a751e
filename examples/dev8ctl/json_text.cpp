// Reading and writing JSON with RapidJSON.
#include "dev8ctl/json_text.h"

#include <rapidjson/error/en.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dev8ctl {

using dev8agent::ErrorCode;
using dev8agent::make_error;

dev8agent::Result<rapidjson::Document> parse_json(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(),
                                                                                         text.size());
  if (!document.HasParseError()) return document;
  return make_error(ErrorCode::kAzureUnavailable,
                    std::string("the answer is no JSON: ") + GetParseError_En(document.GetParseError()) +
                        " At byte " + std::to_string(document.GetErrorOffset()));
}

const Json& member(const Json& object, const char* name) {
  static const Json none;
  if (!object.IsObject()) return none;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? none : found->value;
}

std::string text_at(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.IsString()) return std::string(value.GetString(), value.GetStringLength());
  if (value.IsNull() || value.IsObject() || value.IsArray()) return "";
  return compact(value);
}

std::string compact(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string indented(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace dev8ctl
