// The pages of the example workspace, as HTML without scripts.
#pragma once

#include <string>
#include <vector>

namespace workspace {

// Text that shows as itself in HTML, also within an attribute.
std::string escaped(const std::string& text);

// Asks for the password; `refused`: the last one was wrong.
std::string login_page(const std::string& title, bool refused);

// The notes with a form for another one, and the names of variables.
std::string notes_page(const std::string& title, const std::vector<std::string>& notes,
                       const std::vector<std::string>& variable_names);

}  // namespace workspace
