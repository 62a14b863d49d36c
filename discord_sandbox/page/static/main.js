// Socket, state and views put together: the page.

import { App } from "./app.js";
import { keepTicking } from "./times.js";

keepTicking();
new App(document).start();
