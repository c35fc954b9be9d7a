// Labels as a page writes them: an attribute, or `<option>` children.

/**
 * What the model reads, and what a form and a script get for it.
 * @typedef {{ text: string, value: string }} Label
 */

// A piece in quotes up to its separator, or any piece.
const QUOTED = /\s*"((?:[^"]|"")*)"[^\S\n]*(?:[,\n]|$)/y;
const PLAIN = /([^,\n]*)(?:[,\n]|$)/y;

/**
 * Splits text at commas and line breaks. Pieces are trimmed, and empty ones left out. In double
 * quotes, commas and line breaks belong to the piece, and a doubled quote is one quote. A quote
 * that does not enclose a whole piece is an ordinary character.
 * @param {string} text
 * @returns {string[]}
 */
export function splitLabels(text) {
  const pieces = [];
  for (let at = 0; at < text.length; ) {
    QUOTED.lastIndex = PLAIN.lastIndex = at;
    const quoted = QUOTED.exec(text);
    const [match, piece] = quoted ?? PLAIN.exec(text);
    pieces.push((quoted ? piece.replaceAll('""', '"') : piece).replace(/\s+/g, " ").trim());
    at += match.length;
  }
  return [...new Set(pieces.filter(Boolean))];
}

/**
 * The text that {@link splitLabels} splits into these labels.
 * @param {Iterable<string>} labels
 */
export function joinLabels(labels) {
  return Array.from(labels, (label) =>
    /^\s*"|[,\n]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label,
  ).join(", ");
}

/**
 * The labels of an element: its attribute, or else the options among its children that are not
 * disabled.
 * @param {Element} element
 * @returns {Label[]}
 */
export function labelsOf(element) {
  const list = element.getAttribute("labels");
  if (list !== null) return splitLabels(list).map((text) => ({ text, value: text }));
  const labels = new Map();
  for (const { text, value } of element.querySelectorAll(":scope > option:not(:disabled)")) {
    if (text && !labels.has(text)) labels.set(text, { text, value });
  }
  return [...labels.values()];
}
