# Writes a C++ file that holds a text file, for programs that need no file at run time:
#   cmake -DINPUT=page.html -DOUTPUT=page.cpp -DNAME=page_pieces [-DJOIN_LINES=ON] -P embed_text.cmake
# NAME is a function that HEADER declares. The text comes in pieces, because compilers need not take literals of more
# than 65,536 bytes. JOIN_LINES leaves out line ends and the indents behind them: for JSON.
file(READ "${INPUT}" text)
if(text MATCHES "[^\t\n -~]")
  message(FATAL_ERROR "${INPUT} holds a character that is not ASCII: a piece may end in the middle of it")
endif()
if(JOIN_LINES)
  string(REGEX REPLACE "\n *" "" text "${text}")
endif()
string(LENGTH "${text}" left)
set(piece_size 8000)
set(begin 0)
set(pieces "")
while(left GREATER 0)
  if(left LESS piece_size)
    set(piece_size ${left})
  endif()
  string(SUBSTRING "${text}" ${begin} ${piece_size} piece)
  string(APPEND pieces "    R\"dev8(${piece})dev8\",\n")
  math(EXPR begin "${begin} + ${piece_size}")
  math(EXPR left "${left} - ${piece_size}")
endwhile()
file(WRITE "${OUTPUT}" "// Made by cmake/embed_text.cmake.
#include \"embedded.h\"

namespace dev8agentd {

const EmbeddedText& ${NAME}() {
  static const EmbeddedText pieces = {
${pieces}  };
  return pieces;
}

}  // namespace dev8agentd
")
