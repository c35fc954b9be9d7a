// The connection to a worker: sends requests, and settles each once. The messages are those of
// engine/protocol/.

import { unlessAborted } from "./aborting.js";
import { ClipError } from "./errors.js";
import { notStarted, startWorker } from "./start.js";

const DIED =
  "The engine stopped while it worked on this. Try once more; if it stops again, load the model anew.";

export class Connection {
  #worker;
  #started;
  /** Ends the wait for the start. */
  #giveUp;
  /** Requests that are not answered, by id. */
  #open = new Map();
  #last = 0;
  /** Why nothing more is answered. */
  #ended;
  #heard;

  /**
   * @param {{ onDeath?: () => void, onChanged?: (model: unknown) => void }} [heard] `onDeath` is called once
   *   if the worker dies after it started, `onChanged` when the model has moved to another device.
   */
  constructor(heard = {}) {
    this.#heard = heard;
    this.#started = this.#start();
    // Whoever makes a request hears of it.
    this.#started.catch(() => {});
  }

  /** Ids of pictures and requests count up together. */
  newId() {
    this.#last += 1;
    return this.#last;
  }

  /**
   * Runs a request, and returns its answer.
   *
   * @param {unknown} request
   * @param {{ files?: File[], pixels?: Uint8Array, signal?: AbortSignal,
   *   onProgress?: (progress: unknown) => void }} [options] Pixels are moved, not copied.
   */
  async run(request, { files = [], pixels, signal, onProgress } = {}) {
    await unlessAborted(this.#started, signal);
    if (this.#ended) throw this.#ended;
    const id = this.newId();
    const moved = pixels ? [pixels.buffer] : [];
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#settle(id)?.reject(signal.reason);
        this.tell({ Cancel: id });
      };
      const settled = () => signal?.removeEventListener("abort", abort);
      this.#open.set(id, { resolve, reject, onProgress, settled });
      signal?.addEventListener("abort", abort);
      this.#worker.postMessage([{ Run: { id, request } }, files, pixels], moved);
    });
  }

  /** Sends a message that has no answer. */
  tell(message) {
    if (!this.#ended) this.#worker?.postMessage([message]);
  }

  /** Ends the worker; open requests fail with `error`. */
  end(error) {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker?.terminate();
    this.#giveUp?.(error);
    for (const id of [...this.#open.keys()]) this.#settle(id).reject(error);
  }

  async #start() {
    // A violation of the page's policy has an event of its own, which comes after the error.
    let blocked;
    const watch = (event) => {
      if (event.effectiveDirective === "worker-src") blocked = event;
    };
    globalThis.document?.addEventListener("securitypolicyviolation", watch);
    try {
      this.#worker = startWorker();
      await new Promise((resolve, reject) => {
        this.#giveUp = reject;
        this.#worker.onerror = (event) => setTimeout(() => reject(event), 0);
        this.#worker.onmessage = ({ data }) => (data.Crashed ? reject(data.Crashed) : resolve());
      });
    } catch (reason) {
      const error = reason instanceof ClipError ? reason : notStarted(reason, blocked);
      this.end(error);
      throw error;
    } finally {
      globalThis.document?.removeEventListener("securitypolicyviolation", watch);
    }
    this.#worker.onerror = () => this.#die();
    this.#worker.onmessage = ({ data }) => this.#hear(data);
  }

  #hear(message) {
    const { Progress, Answer, Failed, Changed, Crashed } = message;
    if (Crashed !== undefined) {
      console.error(`glance-clip: ${Crashed}`);
      this.#die();
    } else if (Changed) {
      this.#heard.onChanged?.(Changed);
    } else if (Progress) {
      this.#open.get(Progress.id)?.onProgress?.(Progress.progress);
    } else if (Answer) {
      this.#settle(Answer.id)?.resolve(Answer.answer);
    } else if (Failed) {
      this.#settle(Failed.id)?.reject(ClipError.of(Failed.failure));
      if (Failed.failure.kind === "Lost") this.#die();
    }
  }

  #die() {
    if (this.#ended) return;
    this.end(new ClipError("lost", DIED));
    this.#heard.onDeath?.();
  }

  /** Takes out a request that is not answered yet. */
  #settle(id) {
    const request = this.#open.get(id);
    this.#open.delete(id);
    request?.settled();
    return request;
  }
}
