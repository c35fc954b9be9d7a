// What goes wrong, in one sentence each.

/** The names of the protocol's kinds of failure (engine/protocol/src/answer.rs). */
const CODES = {
  Picture: "picture",
  Model: "model",
  Connection: "connection",
  NoDevice: "no-device",
  Device: "device",
  Lost: "lost",
  Cancelled: "cancelled",
  Unknown: "unknown",
};

/** An error with a sentence that says what to do, and a `code` for programs. */
export class ClipError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown, index?: number }} [details] `index` is that of a picture or a text.
   */
  constructor(code, message, { cause, index } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ClipError";
    this.code = code;
    this.index = index;
  }

  /** The error of a request that the worker failed. */
  static of({ kind, message }) {
    return new ClipError(CODES[kind] ?? "unknown", message);
  }
}

/** The same error with the index of the picture, if it is about that. */
export function at(error, index) {
  const isAboutIt = error instanceof ClipError && ["picture", "connection"].includes(error.code);
  if (isAboutIt) error.index ??= index;
  return error;
}

/** Refuses arguments of the wrong type: a mistake in the caller's program. */
export function requireThat(holds, sentence) {
  if (!holds) throw new TypeError(`glance-clip: ${sentence}`);
}
