// `<glance-drop>`: drop or choose pictures, and see which labels fit.

import { OBSERVED, reflect, takeEarlyProperties } from "./attributes.js";
import { FormPart, formValue, restored } from "./form.js";
import { listenForFiles, sortOut } from "./incoming.js";
import { joinLabels, labelsOf } from "./labels.js";
import { Pictures } from "./pictures.js";
import { questionOf } from "./question.js";
import { Texts } from "./view/messages.js";
import { ResultsView } from "./view/results.js";
import { statusOf } from "./view/status.js";
import { styles } from "./view/styles.js";
import { ZoneView } from "./view/zone.js";

/** How near the window an element loads its model. */
const SOON_VISIBLE = "200px";

/** All that may change labels among the children. */
const CHILDREN = { childList: true, subtree: true, characterData: true, attributes: true };

// A server that renders pages has no elements, but may import this.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class GlanceDrop extends Base {
  static formAssociated = true;
  static observedAttributes = OBSERVED;

  #internals = this.attachInternals();
  #form = new FormPart(this.#internals);
  /** @type {import("./view/messages.js").Messages} */
  #messages = {};
  /** On a file that was not taken. */
  #notice = "";
  /** The value that listeners know. @type {string | null} */
  #value = null;
  #isScheduled = false;
  #pictures = new Pictures({
    changed: () => this.#schedule(),
    progress: (progress) => {
      this.#tell("progress", progress);
      this.#schedule();
    },
    failed: (error, file) => {
      const message = this.#texts.error(error);
      this.#tell("error", { error, code: error.code, message, file });
    },
  });
  #zone = new ZoneView({ chosen: (files) => this.add(files), retried: () => this.retry() });
  #results = new ResultsView((picture) => this.#removeByHand(picture));
  #children = new MutationObserver(() => this.#schedule());
  #nearness = new IntersectionObserver((entries) => this.#neared(entries), {
    rootMargin: SOON_VISIBLE,
  });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [styles()];
    root.append(...this.#zone.nodes, this.#results.list);
    this.#internals.role = "group";
    listenForFiles(this, {
      isDisabled: () => this.#isDisabled,
      hovers: (hovering) => this.#zone.hover(hovering),
      arrived: (files) => this.add(files),
    });
    this.addEventListener("focusin", () => this.#pictures.prepare());
    // Browsers pass a click on the element's `<label>` on to the element.
    this.addEventListener("click", (event) => {
      if (event.composedPath()[0] === this && !this.#isDisabled) this.#zone.choose();
    });
  }

  connectedCallback() {
    takeEarlyProperties(this);
    this.#children.observe(this, CHILDREN);
    this.#nearness.observe(this);
    this.#pictures.start();
    this.#schedule();
  }

  disconnectedCallback() {
    this.#children.disconnect();
    this.#nearness.disconnect();
    this.#pictures.stop();
    this.#results.release();
  }

  attributeChangedCallback() {
    this.#schedule();
  }

  formDisabledCallback() {
    this.#schedule();
  }

  formResetCallback() {
    this.clear();
    this.#value = null;
  }

  formStateRestoreCallback(state) {
    this.add(restored(state));
  }

  /** What the model chooses among. */
  get labels() {
    return labelsOf(this).map(({ text }) => text);
  }

  set labels(labels) {
    if (labels === null || labels === undefined) this.removeAttribute("labels");
    else this.setAttribute("labels", typeof labels === "string" ? labels : joinLabels(labels));
  }

  /** Texts of this element in place of those of its language. */
  get messages() {
    return this.#messages;
  }

  set messages(messages) {
    this.#messages = { ...messages };
    this.#schedule();
  }

  /** Each picture with its labels, in the order they were added. */
  get results() {
    const { all } = this.#pictures;
    return all.map(({ file, slot, ranking, error }) => ({ file, slot, ranking, error }));
  }

  /** What a form sends; nothing until every picture has its answer. */
  get value() {
    return formValue(this.#pictures.all, this.multiple);
  }

  get form() {
    return this.#internals.form;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  get willValidate() {
    return this.#internals.willValidate;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** Adds pictures; without `multiple`, the first replaces the one that is here. */
  add(files) {
    const { accepted, refused } = sortOut([...files], this.accept);
    const [other] = refused;
    this.#notice = other ? this.#texts.say("not-accepted", { name: other.name }) : "";
    const taken = this.multiple ? accepted : accepted.slice(0, 1);
    this.#schedule();
    if (taken.length === 0) return;
    if (!this.multiple) this.#pictures.clear();
    this.#pictures.add(taken);
  }

  /** Removes every picture. */
  clear() {
    this.#notice = "";
    this.#pictures.clear();
    this.#schedule();
  }

  /** Ranks what has no answer, after an error. */
  retry() {
    this.#pictures.retry();
  }

  get #texts() {
    return new Texts(this, this.#messages);
  }

  get #isDisabled() {
    return this.matches(":disabled");
  }

  #neared(entries) {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    this.#nearness.disconnect();
    this.#pictures.prepare();
  }

  #removeByHand(picture) {
    const index = this.#pictures.all.indexOf(picture);
    this.#notice = "";
    this.#pictures.remove(picture);
    this.#update();
    if (!this.#results.focus(index)) this.#zone.button.focus();
  }

  /** Changes of several attributes at once are one change. */
  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#update();
    });
  }

  #update() {
    if (!this.isConnected) return;
    const question = questionOf(this);
    this.#pictures.ask(question);
    if (this.loading === "eager") this.#pictures.prepare();
    this.#show(question.labels.length > 0);
    if (this.#pictures.takeSettled()) this.#tellResults();
  }

  #show(hasLabels) {
    const texts = this.#texts;
    const { multiple, accept, required, top, value } = this;
    const disabled = this.#isDisabled;
    const { all } = this.#pictures;
    const status = statusOf(this.#pictures, { hasLabels, notice: this.#notice }, texts);
    this.#zone.offer({ multiple, accept, disabled }, texts);
    this.#zone.say(status);
    this.#results.show(all, { top, disabled, texts });
    this.#form.setName();
    this.#form.setValue(value, all);
    this.#form.setValidity({ ...status, required }, texts, this.#zone.button);
  }

  #tellResults() {
    this.#tell("results", { results: this.results }, { bubbles: true, composed: true });
    if (this.value === this.#value) return;
    this.#value = this.value;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #tell(type, detail, options) {
    this.dispatchEvent(new CustomEvent(type, { detail, ...options }));
  }
}

reflect(GlanceDrop.prototype);
