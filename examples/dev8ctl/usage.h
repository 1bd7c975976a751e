// What is wrong with a command line, in words. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dev8ctl {

// The word of `known` that was probably meant: at most every third letter differs. Empty: none is that near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// About a word that the parser does not expect: a command that does not exist, when `command` is empty, an
// option that `command` does not have, or one argument too many. `known` are the commands, or the options.
// Of an option its name alone is repeated: what follows "=" may be a secret.
std::string unexpected_word(std::string_view command, std::string_view word,
                            const std::vector<std::string>& known);

// The parser's own text about an option that has no value, is given too often, or is a flag with a value. Any
// other text as it is.
std::string option_mistake(std::string text);

// What is wrong with the value of an option that takes a number; empty: nothing.
std::string number_mistake(std::string_view text, int least, int most);

// "a, b or c".
std::string alternatives(const std::vector<std::string>& words);

}  // namespace dev8ctl
