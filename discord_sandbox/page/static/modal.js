// Modal that a bot opened → a dialog; what is filled in → submit(values).

import { button, h } from "./dom.js";
import { prose } from "./prose.js";
import { select } from "./select.js";
import { packed } from "./uploads.js";

const ROW = 1, TEXT_INPUT = 4, TEXT_DISPLAY = 10, LABEL = 18, FILES = 19;
const RADIO = 21, CHECKBOXES = 22, CHECKBOX = 23;
const PARAGRAPH = 2;

/** Open a form; `submit(values)` promises, and what it fails with is shown in the form. */
export function openModal(told, world, { submit, dismissed }) {
  const fields = [];
  const parts = told.components.map((part) => render(part, world, fields));
  const trouble = h("div", { class: "modal-trouble", role: "alert" });
  const cancel = button({ class: "push link-like", on: { click: () => dialog.close() } }, "Cancel");
  const send = h("button", { type: "submit", class: "push primary" }, "Submit");
  const form = h("form", { novalidate: true }, parts, trouble, h("footer", {}, cancel, send));
  const warning = `This form will be submitted to ${world.nameOf(world.bot)}.`;
  const head = h("header", {}, h("h2", {}, told.title), h("p", { class: "muted" }, warning));
  const dialog = h("dialog", { class: "modal", "aria-label": told.title }, head, form);
  let sent = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = fields.map((field) => field.problem()).find(Boolean) ?? "";
    if (trouble.textContent) return;
    send.disabled = true;
    try {
      const values = fields.map(async ({ name, value }) => [name, await value()]);
      await submit(Object.fromEntries(await Promise.all(values)));
      sent = true;
      dialog.close();
    } catch (error) {
      trouble.textContent = `Something went wrong: ${error.message}`;
      send.disabled = false;
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (!sent) dismissed();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input, textarea, .select")?.focus();
}

function render(part, world, fields) {
  if (part.type === ROW) {
    return part.components.map((each) => labelled(each.label, null, each, world, fields));
  }
  if (part.type === LABEL) {
    return labelled(part.label, part.description, part.component, world, fields);
  }
  if (part.type !== TEXT_DISPLAY) return null;
  return h("div", { class: "display" }, prose(part.content, world));
}

function labelled(text, description, part, world, fields) {
  const made = (MAKERS[part.type] ?? pick)(part, world);
  const required = part.required !== false && part.type !== CHECKBOX;
  const wrap = made.inputs ? "fieldset" : "label";
  const problem = () => made.problem?.(text, required) ?? null;
  fields.push({ name: part.custom_id, value: made.value, problem });
  const star = required && h("span", { class: "required", title: "required" }, "*");
  const title = h(made.inputs ? "legend" : "span", { class: "modal-label" }, text, star);
  const note = description && h("span", { class: "muted" }, description);
  return h(wrap, { class: "modal-field" }, title, note, made.element);
}

const MAKERS = {
  [TEXT_INPUT]: textInput,
  [RADIO]: (part) => choices(part, "radio"),
  [CHECKBOXES]: (part) => choices(part, "checkbox"),
  [CHECKBOX]: checkbox,
  [FILES]: files,
};

function textInput(part) {
  const tall = part.style === PARAGRAPH;
  const element = h(tall ? "textarea" : "input", {
    placeholder: part.placeholder,
    maxlength: part.max_length ?? 4000,
    rows: tall ? 4 : null,
  });
  element.value = part.value ?? "";
  const problem = (label, required) => {
    const size = [...element.value].length;
    if (required && !size) return `${label}: this field is required`;
    const low = part.min_length ?? 0;
    return size && size < low ? `${label}: at least ${low} characters are needed` : null;
  };
  return { element, value: () => element.value, problem };
}

function pick(part, world) {
  const made = select(part, world, () => {});
  const low = part.min_values ?? 1;
  const problem = (label, required) =>
    required && made.values().length < low ? `${label}: pick at least ${low}` : null;
  return { element: made.element, value: made.values, problem, inputs: true };
}

function choices(part, type) {
  const inputs = part.options.map((option) => {
    const input = h("input", { type, name: part.custom_id, value: option.value });
    input.checked = Boolean(option.default);
    return { input, shown: h("label", { class: "choice" }, input, option.label) };
  });
  const element = h("div", {}, inputs.map(({ shown }) => shown));
  const values = () => inputs.filter(({ input }) => input.checked).map(({ input }) => input.value);
  const problem = (label, required) =>
    required && !values().length ? `${label}: pick at least one` : null;
  const value = type === "radio" ? () => values()[0] ?? null : values;
  return { element, value, problem, inputs: true };
}

function checkbox(part) {
  const element = h("input", { type: "checkbox" });
  element.checked = Boolean(part.default);
  return { element, value: () => element.checked };
}

function files(part) {
  const element = h("input", { type: "file", multiple: (part.max_values ?? 1) > 1 });
  const problem = (label, required) =>
    required && element.files.length < (part.min_values ?? 1) ? `${label}: pick a file` : null;
  return { element, value: () => packed(element.files), problem };
}
