// Elements are made node by node, never from markup, so that no text becomes an element.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [properties]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function create(name, { part, label, ...properties } = {}, children = []) {
  const element = document.createElement(name);
  if (part) element.setAttribute("part", String(part));
  if (label) element.setAttribute("aria-label", String(label));
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

/** Sets a text only if it changes, so that a live region says nothing twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
