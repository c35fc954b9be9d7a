// The class that the package is about.

import { Connection } from "./connection.js";
import { checkNotes, embedPictures, rowsOf } from "./embedding.js";
import { ClipError, requireThat } from "./errors.js";
import { loadModel, modelOf, storedModels, tell } from "./models.js";
import { rankingsOf, requireTexts, templatesOf } from "./ranking.js";

const TEMPLATE = "a photo of a {}";
const CLOSED = "This model was closed; load it again.";

/** A loaded CLIP model, in a worker of its own. The types and what they mean are in index.d.ts. */
export class Clip {
  #wanted;
  #model;
  #connection;
  /** Fulfilled when the model is loaded, also again after the worker died. */
  #ready;
  /** Whether the worker died, and has answered nothing since. */
  #died = false;

  static async load({ model, device, onProgress, signal } = {}) {
    const clip = new Clip();
    clip.#wanted = { model, device };
    clip.#start({ onProgress, signal });
    try {
      await clip.#ready;
    } catch (error) {
      clip.close();
      throw error;
    }
    return clip;
  }

  static async models() {
    const connection = new Connection();
    try {
      return await storedModels(connection);
    } finally {
      connection.end(new ClipError("closed", CLOSED));
    }
  }

  get model() {
    return this.#model;
  }

  async models() {
    return storedModels(this.#connection);
  }

  async classify(pictures, labels, options = {}) {
    const list = Array.isArray(pictures) ? pictures : [pictures];
    requireTexts(labels, "labels");
    requireThat(labels.length > 0, "labels must not be empty");
    const templates = templatesOf(options.template, TEMPLATE);
    const none_of_these = options.noneOfThese === true;
    const rank = (ids) => ({ Rank: { pictures: ids, labels, templates, none_of_these, examples: [] } });
    const { Rankings } = await this.#askAbout(list, options, rank);
    checkNotes(Rankings.notes, labels);
    const rankings = rankingsOf(Rankings.scores, labels, list.length, options.topK);
    return Array.isArray(pictures) ? rankings : rankings[0];
  }

  async similarity(pictures, texts, options = {}) {
    requireThat(Array.isArray(pictures), "pictures must be an array");
    requireTexts(texts, "texts");
    const match = (ids) => ({ Match: { pictures: ids, captions: texts } });
    const { Cosines } = await this.#askAbout(pictures, options, match);
    checkNotes(Cosines.notes, texts);
    return Cosines.rows.map((row) => Float32Array.from(row));
  }

  async embedImages(pictures, options = {}) {
    requireThat(Array.isArray(pictures), "pictures must be an array");
    const embeddings = (ids) => ({ Embeddings: { pictures: ids } });
    return rowsOf((await this.#askAbout(pictures, options, embeddings)).Embeddings);
  }

  async embedTexts(texts, options = {}) {
    requireTexts(texts, "texts");
    const templates = options.template === undefined ? [] : templatesOf(options.template);
    const connection = await this.#loaded();
    const request = { EmbedTexts: { texts, templates } };
    const { TextEmbeddings } = await this.#ask(connection, request, options);
    checkNotes(TextEmbeddings.notes, texts);
    return rowsOf(TextEmbeddings);
  }

  close() {
    this.#connection.end(new ClipError("closed", CLOSED));
  }

  #start({ onProgress, signal } = {}) {
    const connection = new Connection({
      onDeath: () => this.#restart(),
      onChanged: (info) => (this.#model = modelOf(info)),
    });
    this.#connection = connection;
    this.#ready = loadModel(connection, this.#wanted, { onProgress, signal });
    // Whoever asks next hears of a failure.
    this.#ready.then(
      (model) => (this.#model = model),
      () => {},
    );
  }

  /** Starts another worker for one that died, unless that one died before it was of any use. */
  #restart() {
    if (this.#model === undefined || this.#died) return;
    this.#died = true;
    this.#start();
  }

  async #loaded() {
    // After a death it is another connection.
    const connection = this.#connection;
    await this.#ready;
    return connection;
  }

  /** Encodes pictures, asks something about them, and has the worker forget them. */
  async #askAbout(pictures, options, request) {
    options.signal?.throwIfAborted();
    const connection = await this.#loaded();
    const ids = pictures.map(() => connection.newId());
    try {
      await embedPictures(connection, pictures, ids, options);
      return await this.#ask(connection, request(ids), options);
    } finally {
      for (const id of ids) connection.tell({ Forget: id });
    }
  }

  async #ask(connection, request, { signal, onProgress }) {
    const told = (progress) => tell(onProgress, progress);
    const answer = await connection.run(request, { signal, onProgress: told });
    this.#died = false;
    return answer;
  }
}
