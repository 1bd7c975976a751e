// HTML: see page.h.
#include "page.h"

namespace workspace {
namespace {

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
         escaped(title) +
         "</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 "
         "1rem}"
         "label{display:block}input{font:inherit;width:100%;box-sizing:border-box}button{font:inherit;margin:"
         ".5rem 0}"
         "</style></head><body><main><h1>" +
         escaped(title) + "</h1>" + body + "</main></body></html>\n";
}

std::string list_of(const std::vector<std::string>& items, const std::string& label) {
  std::string list = "<ul aria-label=\"" + label + "\">";
  for (const std::string& item : items) list += "<li>" + escaped(item) + "</li>";
  return list + "</ul>";
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string login_page(const std::string& title, bool refused) {
  return page(title, std::string(refused ? "<p role=\"alert\">This is not the password.</p>" : "") +
                         "<form method=\"post\" action=\"/login\"><label>Password "
                         "<input type=\"password\" name=\"password\" required autofocus></label>"
                         "<button>Log in</button></form>");
}

std::string notes_page(const std::string& title, const std::vector<std::string>& notes,
                       const std::vector<std::string>& variable_names) {
  return page(title,
              "<h2>Notes</h2>" + list_of(notes, "Notes") +
                  "<form method=\"post\" action=\"/notes\"><label>Note "
                  "<input name=\"note\" required maxlength=\"1000\"></label><button>Keep</button></form>"
                  "<h2>Variables</h2>" +
                  list_of(variable_names, "Variables"));
}

}  // namespace workspace
