// The element's part in a form: its value, its validity, and what a browser restores.

/**
 * @typedef {import("./view/messages.js").Texts} Texts
 * @typedef {import("./picture.js").Picture} Picture
 */

const PICTURE = "picture";

/**
 * The value of the best label; empty if the picture fits none of them. Several pictures give a JSON
 * list of `{ name, value, score }`. Without pictures, or while one waits, there is no value.
 * @param {readonly Picture[]} pictures
 * @param {boolean} multiple
 * @returns {string | null}
 */
export function formValue(pictures, multiple) {
  if (!pictures.every(({ isSettled }) => isSettled)) return null;
  const answered = pictures.filter(({ state }) => state === "done");
  if (answered.length === 0) return null;
  const values = answered.map(({ file, ranking: [{ value, score }] }) => ({
    name: file.name,
    value: value ?? "",
    score,
  }));
  return multiple ? JSON.stringify(values) : values[0].value;
}

/** The pictures in a state that a browser kept. @returns {File[]} */
export function restored(state) {
  const entries = state instanceof FormData ? state.getAll(PICTURE) : [];
  return entries.filter((entry) => entry instanceof File && entry.size > 0);
}

/** Tells the form about the element. */
export class FormPart {
  #internals;
  /** @type {readonly Picture[] | null} */
  #pictures = null;
  /** @type {string | null} */
  #value = null;

  /** @param {ElementInternals} internals */
  constructor(internals) {
    this.#internals = internals;
  }

  /** @param {string | null} value @param {readonly Picture[]} pictures */
  setValue(value, pictures) {
    if (value === this.#value && pictures === this.#pictures) return;
    this.#value = value;
    this.#pictures = pictures;
    // The browser keeps the pictures themselves when the person leaves the page.
    const state = new FormData();
    for (const { file } of pictures) state.append(PICTURE, file);
    this.#internals.setFormValue(value, state);
  }

  /**
   * @param {{ isWorking: boolean, required: boolean }} state
   * @param {Texts} texts
   * @param {HTMLElement} anchor where the browser shows the message
   */
  setValidity({ isWorking, required }, texts, anchor) {
    if (isWorking) {
      this.#internals.setValidity({ customError: true }, texts.say("not-ready"), anchor);
    } else if (required && this.#value === null) {
      this.#internals.setValidity({ valueMissing: true }, texts.say("not-chosen"), anchor);
    } else {
      this.#internals.setValidity({});
    }
  }

  /** The name that the form's `<label>` gives. An `aria-label` of the element goes before it. */
  setName() {
    const labels = Array.from(this.#internals.labels, (label) => label.textContent.trim());
    this.#internals.ariaLabel = labels.join(" ") || null;
  }
}
