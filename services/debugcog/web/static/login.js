// One-time link or token → a session; shown where there is none.

import { post } from "./api.js";
import { fill, h, write } from "./dom.js";

/** Show the form; a code in the address is tried at once. */
export function showLogin(app) {
  const problem = h("p", { class: "problem", role: "alert" });
  const field = h("input", {
    id: "secret",
    type: "password",
    name: "secret",
    autocomplete: "current-password",
    required: true,
    "aria-describedby": "secret-hint",
  });
  const submit = h("button", { type: "submit", class: "strong" }, "Log in");
  const form = h(
    "form",
    { class: "login" },
    h("h1", {}, "Log in to the dashboard"),
    h("p", {}, "Run ", h("code", {}, "/debug dashboard"), " in Discord and open its link."),
    h("input", {
      type: "text",
      name: "username",
      autocomplete: "username",
      value: "dashboard",
      hidden: true,
    }),
    h("label", { for: "secret" }, "Link, code or token"),
    field,
    h(
      "p",
      { id: "secret-hint", class: "muted" },
      "A code works once, for 2 minutes. The token is DASHBOARD_TOKEN of the bot's settings.",
    ),
    problem,
    submit,
  );
  const send = async (secret) => {
    submit.disabled = true;
    write(problem, "");
    try {
      await post("/login", secret);
      location.replace(next());
    } catch (error) {
      write(problem, error.message);
      submit.disabled = false;
      field.focus();
      field.select();
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(secretOf(field.value));
  });
  fill(app, h("main", { id: "content", class: "alone", tabindex: -1 }, form));
  document.title = "Log in · DebugCog";
  const tryAddress = () => {
    const code = codeOfAddress();
    if (code) send({ code });
  };
  window.addEventListener("hashchange", tryAddress);
  tryAddress();
  field.focus();
}

/** Take the code out of the address, so that neither history nor a screenshot keeps it. */
function codeOfAddress() {
  const code = codeOf(location.hash);
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** Read the code of a link, hex digits; undefined where the text is no link, as a token with a #. */
function codeOf(text) {
  return /#code(?:=|%3D)(\S+)/i.exec(text)?.[1];
}

/** Read what people paste: the whole link, or a code or token alone, which the server tells apart. */
function secretOf(text) {
  const code = codeOf(text);
  return code ? { code } : { token: text.trim() };
}

/** Return where the login came from: a page of ours, never another site, however it is written. */
function next() {
  const asked = new URLSearchParams(location.search).get("next") ?? "/";
  try {
    const { origin, pathname, href } = new URL(asked, location.origin);
    return origin === location.origin && pathname !== "/login" ? href : "/";
  } catch {
    return "/"; // no address at all
  }
}
