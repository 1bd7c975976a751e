# Writes a C++ file that holds a JSON document, for programs that need no file at run time:
#   cmake -DINPUT=openapi.json -DOUTPUT=document.cpp -DHEADER=document.h -DNAME=openapi_pieces -P embed_text.cmake
# The line ends and indents between the members are left out. The text comes in pieces, because compilers need not take
# literals of more than 65,536 bytes.
file(READ "${INPUT}" text)
string(REGEX REPLACE "\n *" "" text "${text}")
string(LENGTH "${text}" left)
set(piece_size 8000)
set(begin 0)
set(pieces "")
while(left GREATER 0)
  if(left LESS piece_size)
    set(piece_size ${left})
  endif()
  string(SUBSTRING "${text}" ${begin} ${piece_size} piece)
  string(APPEND pieces "    R\"json(${piece})json\",\n")
  math(EXPR begin "${begin} + ${piece_size}")
  math(EXPR left "${left} - ${piece_size}")
endwhile()
file(WRITE "${OUTPUT}" "// Made from ${NAME} by cmake/embed_text.cmake.
#include \"${HEADER}\"

namespace dev8agentd {

const std::vector<std::string_view>& ${NAME}() {
  static const std::vector<std::string_view> pieces = {
${pieces}  };
  return pieces;
}

}  // namespace dev8agentd
")
