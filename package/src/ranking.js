// Rankings of labels.

import { requireThat } from "./errors.js";

/** What competes with the labels, if that is asked for. */
const NONE_OF_THESE = { label: "none of these", index: -1 };

/** The prompt templates in an option, which may be one, several or missing. */
export function templatesOf(template, usual) {
  const templates = [template ?? usual].flat();
  const strings = templates.every((one) => typeof one === "string");
  requireThat(strings && templates.length > 0, "template must be a string, or an array of strings");
  return templates;
}

/** Refuses what is not an array of texts. */
export function requireTexts(texts, name) {
  const strings = Array.isArray(texts) && texts.every((text) => typeof text === "string");
  requireThat(strings, `${name} must be an array of strings`);
}

/**
 * A ranking for each picture, the best first.
 *
 * @param {{ labels: (number | undefined)[], probabilities: Uint8Array, cosines: Uint8Array }} scores
 */
export function rankingsOf(scores, labels, count, topK) {
  const [probabilities, cosines] = [scores.probabilities, scores.cosines].map(
    (bytes) => new Float32Array(bytes.slice().buffer),
  );
  const entries = scores.labels.map((index) =>
    index === undefined ? NONE_OF_THESE : { label: labels[index], index },
  );
  return Array.from({ length: count }, (_, picture) => {
    const start = picture * entries.length;
    const ranked = entries.map((entry, column) => ({
      label: entry.label,
      score: probabilities[start + column],
      cosine: cosines[start + column],
      index: entry.index,
    }));
    return ranked.sort((a, b) => b.score - a.score || b.cosine - a.cosine).slice(0, topK);
  });
}
