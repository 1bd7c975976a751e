// Columns of text. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dev8ctl {

using Row = std::vector<std::string>;

// The rows below their headings, each column as wide as its widest cell, two spaces between. Control
// characters become '?'. A row has as many cells as there are headings. Where there is a `width`, and the
// last column has room within it, the words of that column go on below their begin.
std::string table(const Row& headings, const std::vector<Row>& rows, std::size_t width = 0);

// "name:  value" lines, the values in one column.
std::string details(const std::vector<Row>& names_and_values);

// How many columns of a terminal the UTF-8 text takes, each code point counted as one.
std::size_t columns(std::string_view text);
// The text cut to `width` columns, the last of them "~" when something is missing.
std::string cut(std::string_view text, std::size_t width);
// The words of the text in lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace dev8ctl
