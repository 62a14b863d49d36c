// Page and number of pages → links to the pages around it.

import { h } from "./dom.js";

/** Make the links; nothing where there is one page only. */
export function pager({ page, pages }, addressOfPage) {
  if (pages <= 1) return [];
  const link = (number, text, label) =>
    number >= 1 && number <= pages
      ? h("a", { href: addressOfPage(number), data: { page: "" }, "aria-label": label }, text)
      : h("span", { class: "muted", "aria-hidden": "true" }, text);
  return [
    link(page > 1 ? 1 : 0, "« First", "First page"),
    link(page - 1, "‹ Previous", "Previous page"),
    h("span", { "aria-current": "page" }, `Page ${page} of ${pages}`),
    link(page + 1, "Next ›", "Next page"),
    link(page < pages ? pages : 0, "Last »", "Last page"),
  ];
}
