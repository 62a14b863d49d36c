// Text that is typed → the parameter `find` of the address, after a short wait, and a fresh answer.

import { h, write } from "./dom.js";
import { change, place } from "./router.js";

const WAIT_MS = 250;

export class Filter {
  /** Make the form; `more` are fields beside the search. */
  constructor({ reload }, label, placeholder, ...more) {
    this.search = h("input", {
      type: "search",
      id: "find",
      value: place().parameters.get("find") ?? "",
      placeholder,
      autocomplete: "off",
      maxlength: 100,
    });
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        change({ find: this.search.value.trim(), page: "", call: "" });
        reload();
      }, WAIT_MS);
    });
    this.found = h("p", { class: "muted", role: "status" });
    this.element = h(
      "form",
      { class: "filter", role: "search", on: { submit: (event) => event.preventDefault() } },
      h("div", {}, h("label", { for: "find" }, label), this.search),
      more,
      this.found,
    );
  }

  /** Say what was found. */
  tell(text) {
    write(this.found, text);
  }
}
