# Shows doxygen the plain comments of a public header: awk -f filter.awk HEADER
# The headers have "//" comments alone. This makes them the special ones of doxygen: "///" before a declaration, "///<"
# behind it, "@file" at the begin. Indented lines of a comment are code, `words` are <code>. No line is added or
# removed, so that doxygen's messages name the lines of the header.
#
# A comment counts for the declaration under it; one with an empty line under it counts for none. Overloads that follow
# directly have the same comment, and so have all functions that follow one that begins with "Each" or "The calls".
# A file's comment that begins "Name:" is also that of the class Name. The inline namespace of the ABI is not shown.

{ line[NR] = $0 }

# The column of the comment in a line, 0 for none. A "//" within a string is no comment.
function comment_at(text, i, c, quoted) {
  quoted = 0
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\\" && quoted) i++
    else if (c == "\"") quoted = !quoted
    else if (!quoted && substr(text, i, 2) == "//") return i
  }
  return 0
}

# Text as doxygen prints it: nothing in it is a command.
function plain(text, part, count, i, result) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  gsub(/\\/, "\\\\\\\\", text)
  gsub(/@/, "\\\\@", text)
  gsub(/#/, "\\\\#", text)
  gsub(/%/, "\\\\%", text)
  count = split(text, part, "`")
  if (count % 2 == 0) return text
  result = part[1]
  for (i = 2; i <= count; i++) result = result (i % 2 == 0 ? "<code>" : "</code>") part[i]
  return result
}

function content(number) {
  return substr(line[number], comment_at(line[number]) + 2)
}

# The lines `first` to `last`, a block of comment lines, for doxygen. `joined` gets their text in one line, empty where
# there is code.
function convert(first, last, is_file, i, text, is_code, in_code, indent, carried, language, k) {
  joined = ""
  has_code = 0
  in_code = 0
  carried = ""
  indent = substr(line[first], 1, comment_at(line[first]) - 1)
  for (i = first; i <= last; i++) {
    text = content(i)
    is_code = text ~ /^   / || (in_code && text ~ /^ *$/ && i < last && content(i + 1) ~ /^   /)
    if (is_code) has_code = 1
    if (is_file && i == first) {
      carried = plain(text)
      line[i] = indent "/// @file"
      continue
    }
    if (is_code && !in_code) {
      language = ".unparsed"
      for (k = i; k <= last && content(k) ~ /^   |^ *$/; k++) {
        if (content(k) ~ /[;(]/) language = FILENAME ~ /\/c\.h$/ ? ".c" : ".cpp"
      }
      # The command is in the empty line before, where there is one.
      if (line[i - 1] == indent "///") line[i - 1] = indent "/// @code{" language "}"
      else text = " @code{" language "}" text
    }
    if (!is_code && in_code) {
      if (text ~ /^ *$/) text = " @endcode"
      else text = " @endcode" plain(text)
    } else if (!is_code) {
      text = plain(text)
    }
    if (is_code && i == last) text = text " @endcode"
    in_code = is_code
    joined = joined text
    line[i] = indent "///" carried text
    carried = ""
  }
  if (has_code || joined ~ /\*\//) joined = ""
}

# The name of the function that a line declares; empty for another declaration.
function function_of(code) {
  if (code !~ /\(/ || code ~ /= delete/) return ""
  if (code ~ /operator/) return "operator"
  sub(/\(.*/, "", code)
  sub(/.*[^A-Za-z0-9_]/, "", code)
  return code
}

# Follows the braces of a line: what is open is a scope (namespace, class, enum) or a body, whose comments are no
# documentation.
function follow(code, i, c, quoted) {
  quoted = 0
  for (i = 1; i <= length(code); i++) {
    c = substr(code, i, 1)
    if (c == "\\" && quoted) i++
    else if (c == "\"") quoted = !quoted
    else if (quoted) continue
    else if (c == "{") {
      depth++
      scope[depth] = statement ~ /(^|[^A-Za-z_])(namespace|class|struct|enum|extern)[^A-Za-z_]/ && statement !~ /\(.*\) *(const)?(noexcept)? *$/
      if (!scope[depth]) bodies++
      statement = ""
    } else if (c == "}") {
      if (!scope[depth]) bodies--
      depth--
      statement = depth >= 0 && bodies > 0 ? statement : ""
    } else if (c == ";") {
      statement = ""
    } else {
      statement = statement c
    }
  }
}

END {
  depth = bodies = 0
  statement = ""
  seen_file = 0
  shared = shared_name = ""  # a comment that counts for more than one declaration
  for (i = 1; i <= NR; i++) {
    at = comment_at(line[i])
    code = at ? substr(line[i], 1, at - 1) : line[i]
    sub(/ *$/, "", code)
    if (code == "" && at && at == trailing) {  # goes on with the comment behind the line before
      line[i] = substr(line[i], 1, at - 1) "///<" plain(content(i))
      continue
    }
    trailing = 0
    if (code == "" && at) {
      for (last = i; last < NR && line[last + 1] ~ /^ *\/\// && comment_at(line[last + 1]) == at; last++) {}
      shared = shared_name = ""
      if (bodies == 0 && content(i) !~ /^ clang-format/ && (!seen_file || (last < NR && line[last + 1] !~ /^ *($|\}|(public|private|protected):)/))) {
        if (!seen_file && content(i) ~ /^ [A-Z][A-Za-z]*(<T>)?:/) {
          described = content(i)
          sub(/^ /, "", described)
          sub(/(<T>)?:.*/, "", described)
        }
        begins = content(i)
        convert(i, last, !seen_file)
        if (seen_file) shared = joined
        each = begins ~ /^ (Each|The calls) /
      }
      seen_file = 1
      i = last
      continue
    }
    if (code ~ /^inline namespace DEV8AGENT_ABI \{$/ || line[i] == "}  // namespace DEV8AGENT_ABI") {
      line[i] = ""
      continue
    }
    begins_statement = statement ~ /^ *$/ && bodies == 0
    if (code == "") shared = shared_name = ""
    if (begins_statement && shared != "" && code != "") {
      name = function_of(code)
      if (shared_name == "") shared_name = name == "" ? "-" : name
      else if (name != "" && (each || name == shared_name)) line[i] = "/**" shared " */ " line[i]
      else shared = shared_name = ""
    }
    is_template = statement ~ /^ *template <[^<>]*>$/
    if ((begins_statement || is_template) && described != "" && code ~ ("^(class|struct) (.* )?" described "( final)?( : .*)? \\{$")) {
      file = FILENAME
      sub(/.*include\//, "", file)
      line[is_template ? i - 1 : i] = "/** @copydoc " file " */ " line[is_template ? i - 1 : i]
      described = ""
    }
    if (at && code !~ /^ *(\}|#)/ && bodies == 0) {
      trailing = at
      line[i] = substr(line[i], 1, length(line[i]) - length(content(i)) - 2) "///<" plain(content(i))
    }
    if (code !~ /^#|^ *(public|private|protected):$/) follow(code)
  }
  for (i = 1; i <= NR; i++) print line[i]
}
