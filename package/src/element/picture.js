// One picture and its answer.

/**
 * One label of a ranking. "None of these" has no value.
 * @typedef {{
 *   label: string, value: string | null, score: number, cosine: number, index: number,
 * }} Ranked
 */

export class Picture {
  /** @type {"waiting" | "running" | "done" | "failed"} */
  state = "waiting";
  /** The last answer, best first. It stays while a new question is under way. @type {Ranked[]} */
  ranking = [];
  /** Why this picture cannot be used. @type {Error | null} */
  error = null;

  /**
   * @param {File} file
   * @param {number} number counts the pictures of one element
   */
  constructor(file, number) {
    this.file = file;
    /** The slot below its labels. */
    this.slot = `result-${number}`;
  }

  get isSettled() {
    return this.state === "done" || this.state === "failed";
  }

  /** @param {Ranked[]} ranking */
  answer(ranking) {
    this.state = "done";
    this.ranking = ranking;
    this.error = null;
  }

  /** @param {Error} error */
  fail(error) {
    this.state = "failed";
    this.ranking = [];
    this.error = error;
  }
}
