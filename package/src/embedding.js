// Has pictures and texts encoded.

import { withSignal } from "./aborting.js";
import { ClipError, at } from "./errors.js";
import { read } from "./pictures.js";

/** Pictures that are read or in the worker at a time, so that it can batch them. */
const PICTURES_AT_ONCE = 32;
/** The same of those that are sent as pixels, which can take 64 MB each. */
const PIXELS_AT_ONCE = 2;

/** Lets a few enter at a time. */
class Gate {
  #free;
  #waiting = [];

  constructor(most) {
    this.#free = most;
  }

  async enter() {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((free) => this.#waiting.push(free));
  }

  leave() {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/**
 * Encodes pictures under these ids. Stops at the first that fails; its error has its index.
 *
 * @param {import("./connection.js").Connection} connection
 */
export function embedPictures(connection, sources, ids, { signal: whole, onProgress }) {
  const gate = new Gate(PIXELS_AT_ONCE);
  const total = sources.length;
  let next = 0;
  let done = 0;
  return withSignal(whole, async (signal) => {
    const lane = async () => {
      while (next < total) {
        const index = next;
        next += 1;
        try {
          await embedPicture(connection, sources[index], ids[index], gate, signal);
        } catch (error) {
          throw at(error, index);
        }
        done += 1;
        onProgress?.({ stage: "pictures", done, total });
      }
    };
    const lanes = Array.from({ length: Math.min(PICTURES_AT_ONCE, total) }, lane);
    await Promise.all(lanes);
  });
}

async function embedPicture(connection, source, picture, gate, signal) {
  const { file, draw } = await read(source, signal);
  if (file) {
    await connection.run({ Embed: { picture, remember: false } }, { files: [file], signal });
    return;
  }
  await gate.enter();
  try {
    signal.throwIfAborted();
    const { width, height, pixels } = await draw();
    await connection.run({ EmbedPixels: { picture, width, height } }, { pixels, signal });
  } finally {
    gate.leave();
  }
}

/** The rows of a flat array of bytes, as arrays of their own. */
export function rowsOf({ values, width }) {
  const numbers = new Float32Array(values.slice().buffer);
  const count = width > 0 ? numbers.length / width : 0;
  return Array.from({ length: count }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

/** Refuses texts that the model cannot read. */
export function checkNotes(notes, texts) {
  const index = notes.findIndex((note) => note.Refused !== undefined);
  if (index < 0) return;
  const text = texts[index].length > 40 ? `${texts[index].slice(0, 39)}…` : texts[index];
  throw new ClipError("text", `“${text}” cannot be used: ${notes[index].Refused}`, { index });
}
