// Starts a worker.

import { ClipError } from "./errors.js";

/** What a page must allow if it restricts what it loads. */
const POLICY =
  "worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/**
 * A worker that has been told where its program lies.
 *
 * @returns {Worker}
 */
export function startWorker() {
  if (typeof Worker === "undefined") {
    throw new ClipError("worker", "There are no workers here; load the model in a web page.");
  }
  let worker;
  try {
    worker = newWorker();
  } catch (cause) {
    worker = fromAnotherOrigin(cause);
  }
  worker.postMessage(new URL("./worker/worker_bg.wasm", import.meta.url).href);
  return worker;
}

/**
 * The error of a worker that did not start.
 *
 * @param {unknown} reason What the browser says: an error, an event or a text.
 * @param {SecurityPolicyViolationEvent} [blocked] The policy that is in the way, if that is known.
 */
export function notStarted(reason, blocked) {
  const said = String(reason?.message ?? (typeof reason === "string" ? reason : ""));
  if (blocked || /content security policy/i.test(said)) {
    return new ClipError(
      "worker",
      `The page's Content-Security-Policy blocks the engine (${blocked?.effectiveDirective ?? said}); ` +
        `allow ${POLICY}. If another site serves the files of glance-clip, name it beside 'self', and ` +
        "add blob: to worker-src.",
    );
  }
  return new ClipError(
    "worker",
    `The engine did not start${said && ` (${said})`}; check that the files of glance-clip are served ` +
      "unchanged and beside each other.",
  );
}

// In this form bundlers recognise it.
function newWorker() {
  return new Worker(new URL("./worker/start_worker.js", import.meta.url), { type: "module" });
}

/** Browsers start no worker from a script of another origin, but one that imports it. */
function fromAnotherOrigin(cause) {
  const address = workerAddress();
  if (cause?.name !== "SecurityError" || new URL(address).origin === location.origin) {
    throw notStarted(cause);
  }
  const script = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const start = URL.createObjectURL(script);
  // Never revoked: helpers start from it too.
  return new Worker(start, { type: "module" });
}

/** The address of the worker's script, which a bundler may have changed. */
function workerAddress() {
  const { Worker } = globalThis;
  let address;
  globalThis.Worker = class {
    constructor(url) {
      address = new URL(url, location.href).href;
    }
  };
  try {
    newWorker();
  } finally {
    globalThis.Worker = Worker;
  }
  return address;
}
