// What an element asks the model about every picture.

import { labelsOf } from "./labels.js";

/**
 * @typedef {{
 *   model: string, device: string, labels: Label[], templates: string[], noneOfThese: boolean,
 * }} Question
 * @typedef {import("./labels.js").Label} Label
 */

/**
 * The question in an element's attributes and children. Several templates stand one a line.
 * @returns {Question}
 */
export function questionOf(element) {
  const { model, device, template, noneOfThese } = element;
  const templates = template.split("\n").map((line) => line.trim()).filter(Boolean);
  return { model, device, labels: labelsOf(element), templates, noneOfThese };
}
