// Entry point of the page.

import { App } from "./app.js";
import { keepTicking } from "./times.js";

keepTicking();
new App(document).start();
