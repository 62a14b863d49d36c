// Address → the login form, or the frame with a page in it.

import { Frame } from "./frame.js";
import { showLogin } from "./login.js";
import { place } from "./router.js";

const app = document.querySelector("#app");

if (place().page === "login") showLogin(app);
else new Frame(app).start();

// A page that the browser kept from before the log-out must not show what it showed then.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
