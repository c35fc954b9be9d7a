// Asks the model about pictures: which wait, which are under way, and when to stop.

import { Lease } from "./shared_clip.js";

/** Pictures at a time. The worker makes batches of them. */
const IN_FLIGHT = 32;

/**
 * @typedef {import("./question.js").Question} Question
 * @typedef {import("./picture.js").Picture} Picture
 */

export class Ranking {
  /** @type {Question | null} */
  #question = null;
  /** @type {Lease | null} */
  #lease = null;
  /** @type {Picture[]} */
  #waiting = [];
  /** @type {Map<Picture, AbortController>} */
  #running = new Map();
  #failure = null;
  #isPrepared = false;
  #listener;

  /**
   * @param {{
   *   settled(picture: Picture): void,
   *   failed(error: Error): void,
   *   progress(progress: object): void,
   *   loaded(): void,
   * }} listener `failed` hears of errors that concern more than one picture; pictures then wait for
   * {@link add}
   */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Whether the model is loaded. */
  get isReady() {
    return this.#lease?.isReady ?? false;
  }

  /** How far the model is, if it is loading. */
  get progress() {
    return this.#lease?.progress ?? null;
  }

  /**
   * Changes the question; returns whether it is another one. Pictures must be added again then.
   * @param {Question} question
   */
  ask(question) {
    if (JSON.stringify(question) === JSON.stringify(this.#question)) return false;
    const { model, device } = question;
    const before = this.#question;
    this.#question = question;
    this.#interrupt();
    if (this.#lease && (before?.model !== model || before.device !== device)) {
      this.stop();
      this.prepare();
    }
    return true;
  }

  /** @param {readonly Picture[]} pictures */
  add(pictures) {
    for (const picture of pictures) picture.state = "waiting";
    this.#waiting.push(...pictures);
    this.#work();
  }

  /** @param {Picture} picture */
  remove(picture) {
    this.#waiting = this.#waiting.filter((other) => other !== picture);
    this.#running.get(picture)?.abort();
    this.#running.delete(picture);
    this.#work();
  }

  /** Starts to load the model. */
  prepare() {
    if (!this.#question || this.#isPrepared) return;
    this.#isPrepared = true;
    void this.#load().catch(() => {});
  }

  /** Cancels everything and lets the model go. Pictures without an answer must be added again. */
  stop() {
    this.#interrupt();
    this.#lease?.release();
    this.#lease = null;
    this.#isPrepared = false;
  }

  async #load() {
    const { model, device } = this.#question;
    let lease = this.#lease;
    try {
      const { progress } = this.#listener;
      lease = this.#lease ??= new Lease(model, device, progress);
      const clip = await lease.load();
      this.#listener.loaded();
      return clip;
    } catch (error) {
      if (lease === this.#lease) this.#fail(error);
      throw error;
    }
  }

  #work() {
    if (!this.#question?.labels.length) return;
    while (this.#waiting.length > 0 && this.#running.size < IN_FLIGHT) {
      const picture = this.#waiting.shift();
      const cancel = new AbortController();
      this.#running.set(picture, cancel);
      picture.state = "running";
      void this.#rank(picture, cancel.signal);
    }
  }

  /** @param {Picture} picture @param {AbortSignal} signal */
  async #rank(picture, signal) {
    const { labels, templates, noneOfThese } = this.#question;
    let clip;
    try {
      clip = await this.#load();
    } catch {
      return;
    }
    if (signal.aborted) return;
    try {
      const options = { noneOfThese, signal, ...(templates.length > 0 && { template: templates }) };
      const words = labels.map(({ text }) => text);
      const ranking = await clip.classify(picture.file, words, options);
      if (signal.aborted) return;
      const value = ({ index }) => labels[index]?.value ?? null;
      picture.answer(ranking.map((ranked) => ({ ...ranked, value: value(ranked) })));
    } catch (error) {
      if (signal.aborted) return;
      if (error?.code !== "picture") {
        this.#lease?.endedBy(error, clip);
        this.#fail(error);
        return;
      }
      picture.fail(error);
    }
    this.#running.delete(picture);
    this.#listener.settled(picture);
    this.#work();
  }

  #fail(error) {
    // Everything that waits for one model meets the same error.
    if (error === this.#failure) return;
    this.#failure = error;
    this.#isPrepared = false;
    this.#interrupt();
    this.#listener.failed(error);
  }

  #interrupt() {
    const running = [...this.#running];
    this.#running.clear();
    this.#waiting = [];
    for (const [picture, cancel] of running) {
      picture.state = "waiting";
      cancel.abort();
    }
  }
}
