// Path and parameters → the API's answer, or an error with a sentence for people.

const SECONDS = 10;

/** What the API could not answer; `status` is 0 where nothing came back. */
export class ApiError extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Write the address of a question. */
export function pathOf(question, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null);
  const query = new URLSearchParams(given.filter(([, value]) => value !== undefined)).toString();
  return `/api/v1/${question}${query && `?${query}`}`;
}

/** Ask the API; a session that has ended leads to the login. */
export async function ask(question, parameters) {
  const response = await request(pathOf(question, parameters), { cache: "no-store" });
  return response.json();
}

/** Send something; `body` becomes JSON. */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
}

/** Show the login, and come back to this place after it. */
export function toLogin() {
  const next = location.pathname + location.search;
  location.replace(next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`);
}

async function request(path, options) {
  const response = await reach(path, options);
  if (response.ok) return response;
  if (response.status === 401 && path !== "/login") toLogin();
  throw new ApiError(response.status, await sentenceOf(response));
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, signal: AbortSignal.timeout(SECONDS * 1000) });
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new ApiError(0, late ? `No answer within ${SECONDS} s.` : "The bot's process does not answer.");
  }
}

async function sentenceOf(response) {
  try {
    const { error } = await response.json();
    if (error) return String(error);
  } catch {
    // not ours: a proxy's page
  }
  return `The server answered with status ${response.status}.`;
}
