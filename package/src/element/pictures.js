// The pictures of one element: added, ranked, removed.

import { Picture } from "./picture.js";
import { Ranking } from "./ranking.js";

/** @typedef {import("./question.js").Question} Question */

export class Pictures {
  /** In the order they were added. @type {readonly Picture[]} */
  all = [];
  /** Why nothing can be ranked now; {@link retry} goes on. @type {Error | null} */
  failure = null;
  #added = 0;
  #isStarted = false;
  #isTold = true;
  #listener;
  #ranking;

  /**
   * @param {{
   *   changed(): void,
   *   progress(progress: object): void,
   *   failed(error: Error, file: File | null): void,
   * }} listener
   */
  constructor(listener) {
    this.#listener = listener;
    this.#ranking = new Ranking({
      settled: (picture) => this.#settled(picture),
      failed: (error) => this.#failed(error),
      progress: (progress) => listener.progress(progress),
      loaded: () => listener.changed(),
    });
  }

  get unsettled() {
    return this.all.filter((picture) => !picture.isSettled);
  }

  /** Whether the model is loaded. */
  get isReady() {
    return this.#ranking.isReady;
  }

  /** How far the model is, if it is loading. */
  get progress() {
    return this.#ranking.progress;
  }

  /** From now on pictures are ranked. */
  start() {
    this.#isStarted = true;
    if (!this.failure) this.#rank(this.unsettled);
  }

  /** Cancels what is under way and lets the model go. Pictures stay. */
  stop() {
    this.#isStarted = false;
    this.#ranking.stop();
  }

  /** Loads the model before there are pictures. */
  prepare() {
    if (this.#isStarted && !this.failure) this.#ranking.prepare();
  }

  /** Ranks everything again if the question is another one. @param {Question} question */
  ask(question) {
    if (!this.#ranking.ask(question)) return;
    this.failure = null;
    this.#rank(this.all);
  }

  /** @param {File[]} files */
  add(files) {
    const pictures = files.map((file) => new Picture(file, ++this.#added));
    this.all = [...this.all, ...pictures];
    if (this.failure) this.retry();
    else this.#rank(pictures);
  }

  /** @param {Picture} picture */
  remove(picture) {
    this.all = this.all.filter((other) => other !== picture);
    this.#ranking.remove(picture);
    this.#isTold = false;
    this.#listener.changed();
  }

  clear() {
    this.all.forEach((picture) => this.remove(picture));
  }

  /** Ranks what has no answer, after an error. */
  retry() {
    this.failure = null;
    this.prepare();
    this.#rank(this.unsettled);
  }

  /** Once after every change: whether each picture has its answer now. */
  takeSettled() {
    if (this.#isTold || this.unsettled.length > 0) return false;
    this.#isTold = true;
    return true;
  }

  /** @param {readonly Picture[]} pictures */
  #rank(pictures) {
    if (pictures.length > 0) this.#isTold = false;
    if (this.#isStarted) this.#ranking.add(pictures);
    this.#listener.changed();
  }

  #settled({ file, error }) {
    const total = this.all.length;
    this.#listener.progress({ stage: "pictures", done: total - this.unsettled.length, total });
    if (error) this.#listener.failed(error, file);
    this.#listener.changed();
  }

  #failed(error) {
    this.failure = error;
    this.#listener.failed(error, null);
    this.#listener.changed();
  }
}
