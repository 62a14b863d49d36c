// Address ⇄ page, range and parameters; the address is the only place that keeps them.

export const PAGES = {
  overview: { path: "/", title: "Overview" },
  performance: { path: "/performance", title: "Performance" },
  runtime: { path: "/runtime", title: "Runtime" },
  users: { path: "/users", title: "Users" },
  logs: { path: "/logs", title: "Logs" },
};

/** Names of the ranges as the API takes them, and in words. */
export const WINDOWS = {
  "5m": "5 minutes",
  "15m": "15 minutes",
  "1h": "1 hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
};
const USUAL = "1h";

/** Read the address: the page, its range, and its parameters. */
export function place() {
  const path = location.pathname;
  const found = Object.keys(PAGES).find((name) => PAGES[name].path === path);
  const parameters = new URLSearchParams(location.search);
  const asked = parameters.get("window");
  return {
    page: path === "/login" ? "login" : (found ?? "overview"),
    window: Object.hasOwn(WINDOWS, asked) ? asked : USUAL,
    parameters,
  };
}

/** Return the address of a page that keeps the range of now. */
export function addressOf(page, parameters = {}) {
  const query = new URLSearchParams();
  const kept = { window: place().window, ...parameters };
  for (const [name, value] of Object.entries(kept)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, value);
  }
  if (query.get("window") === USUAL) query.delete("window");
  const text = query.toString();
  return PAGES[page].path + (text && `?${text}`);
}

/** Change parameters of the page that is shown, as a step that "back" undoes or in its place. */
export function change(parameters, { step = false } = {}) {
  const { page, parameters: now } = place();
  const address = addressOf(page, { ...Object.fromEntries(now), ...parameters });
  if (address === location.pathname + location.search) return;
  history[step ? "pushState" : "replaceState"](null, "", address);
}

/** Go to an address of ours; whoever listens draws it. */
export function go(address) {
  history.pushState(null, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** Let the clicks on links to our pages change the page without loading it anew. */
export function followLinks(element) {
  element.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-page]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    if (!link || !plain) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
}
