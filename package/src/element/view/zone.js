// Where pictures are dropped and chosen, and the one line that says how things stand.

import { create, setText } from "./dom.js";

/** @typedef {import("./messages.js").Texts} Texts */

export class ZoneView {
  #prompt = create("span", { part: "prompt" });
  #input = create("input", { type: "file", hidden: true });
  #status = create("p", { part: "status", role: "status" });
  #progress = create("progress", { part: "progress", hidden: true });
  #retry = create("button", { part: "retry", type: "button", hidden: true });
  /** The button that chooses pictures. */
  button = create("button", { part: "button", type: "button" });

  /** @param {{ chosen(files: File[]): void, retried(): void }} listener */
  constructor(listener) {
    const slot = create("slot", { name: "prompt" }, [this.#prompt]);
    this.zone = create("div", { part: "zone" }, [slot, this.button, this.#input]);
    const state = [this.#status, this.#progress, this.#retry];
    this.nodes = [this.zone, create("div", { part: "state" }, state)];
    this.button.addEventListener("click", () => this.choose());
    this.#retry.addEventListener("click", () => {
      // The button goes now, and the focus with it.
      this.button.focus();
      listener.retried();
    });
    // It would leave the shadow tree, and another event tells when there is an answer.
    this.#input.addEventListener("input", (event) => event.stopPropagation());
    this.#input.addEventListener("change", () => {
      const files = [...this.#input.files];
      // So that the same file can be chosen again.
      this.#input.value = "";
      listener.chosen(files);
    });
  }

  /** Opens the browser's dialog. */
  choose() {
    this.#input.click();
  }

  /** @param {boolean} hovering whether files are dragged over the element */
  hover(hovering) {
    this.zone.part.toggle("hovering", hovering);
  }

  /**
   * @param {{ multiple: boolean, accept: string, disabled: boolean }} settings
   * @param {Texts} texts
   */
  offer({ multiple, accept, disabled }, texts) {
    const number = multiple ? "many" : "one";
    setText(this.#prompt, texts.say(`prompt-${number}`));
    setText(this.button, texts.say(`choose-${number}`));
    setText(this.#retry, texts.say("retry"));
    this.#progress.ariaLabel = texts.say("loading-bar");
    Object.assign(this.#input, { multiple, accept, disabled });
    this.button.disabled = this.#retry.disabled = disabled;
  }

  /** @param {import("./status.js").Status} status */
  say({ text, isError, canRetry, progress }) {
    setText(this.#status, text);
    this.#status.part.toggle("error", isError);
    this.#retry.hidden = !canRetry;
    this.#progress.hidden = !progress;
    if (progress?.total) {
      this.#progress.max = progress.total;
      this.#progress.value = progress.done ?? 0;
    } else {
      // Then the bar says no more than that something is under way.
      this.#progress.removeAttribute("value");
    }
  }
}
