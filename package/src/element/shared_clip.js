// One worker and one model for all elements that ask for the same model on the same device.

import { Clip } from "../index.js";

/** Milliseconds that a model stays without an element: the page's next view may need it again. */
const LINGER = 30_000;

/** Errors after which a `Clip` answers nothing more. */
const FINAL = ["lost", "worker"];

/** @type {Map<string, SharedClip>} */
const shared = new Map();

class SharedClip {
  #key;
  #options;
  /** @type {Set<Lease>} */
  #leases = new Set();
  /** @type {Promise<Clip> | null} */
  #loading = null;
  #cancel = new AbortController();
  #timer;
  /** The model once it is loaded. @type {Clip | null} */
  #clip = null;
  progress = null;

  constructor(key, options) {
    this.#key = key;
    this.#options = options;
  }

  /** @param {Lease} lease */
  add(lease) {
    clearTimeout(this.#timer);
    this.#leases.add(lease);
  }

  /** @param {Lease} lease */
  remove(lease) {
    this.#leases.delete(lease);
    if (this.#leases.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      shared.delete(this.#key);
      this.forget();
    }, LINGER);
  }

  /** The model, which starts to load now if it has not, or if it failed. */
  load() {
    this.#loading ??= this.#start();
    return this.#loading;
  }

  /** Lets the model go, ready or not; the next {@link load} starts anew. */
  forget() {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#loading?.then((clip) => clip.close(), () => {});
    this.#loading = null;
    this.#clip = null;
    this.progress = null;
  }

  get isReady() {
    return this.#clip !== null;
  }

  /** Lets go of a model that an error ended. Elements that meet the same error do this once. */
  endedBy(error, clip) {
    if (FINAL.includes(error?.code) && clip === this.#clip) this.forget();
  }

  #start() {
    const { signal } = this.#cancel;
    const onProgress = (progress) => {
      if (signal.aborted) return;
      this.progress = progress;
      for (const lease of this.#leases) lease.onProgress(progress);
    };
    const loading = Clip.load({ ...this.#options, onProgress, signal });
    loading.then(
      (clip) => {
        if (!signal.aborted) this.#clip = clip;
      },
      () => {
        if (this.#loading === loading) this.#loading = null;
      },
    );
    return loading;
  }
}

/** An element's share in a model. */
export class Lease {
  #shared;

  /**
   * @param {string} model the address of a model, `hub:owner/name`, or nothing for the demo model
   * @param {string} device
   * @param {(progress: object) => void} onProgress
   */
  constructor(model, device, onProgress) {
    this.onProgress = onProgress;
    const hub = model.startsWith("hub:") ? model.slice("hub:".length) : null;
    const address = model === "" || hub !== null ? model : new URL(model, document.baseURI).href;
    const key = JSON.stringify([address, device]);
    const source = hub !== null ? { hub } : address;
    const options = { device, ...(model !== "" && { model: source }) };
    this.#shared = shared.get(key) ?? new SharedClip(key, options);
    shared.set(key, this.#shared);
    this.#shared.add(this);
  }

  /** How far the model is, if it is loading. */
  get progress() {
    return this.#shared.progress;
  }

  get isReady() {
    return this.#shared.isReady;
  }

  /** @returns {Promise<Clip>} */
  load() {
    return this.#shared.load();
  }

  /** @param {Error & { code?: string }} error that this model gave */
  endedBy(error, clip) {
    this.#shared.endedBy(error, clip);
  }

  release() {
    this.#shared.remove(this);
  }
}
