// Attributes as properties, so that markup, scripts and frameworks can use either.

/**
 * Each property: its attribute, its kind, and its value without the attribute. `labels` has code of
 * its own.
 * @type {Record<string, { attribute: string, kind: "text" | "flag" | "count", absent?: unknown }>}
 */
const PROPERTIES = {
  accept: { attribute: "accept", kind: "text", absent: "image/*" },
  device: { attribute: "device", kind: "text", absent: "auto" },
  disabled: { attribute: "disabled", kind: "flag" },
  loading: { attribute: "loading", kind: "text", absent: "lazy" },
  model: { attribute: "model", kind: "text", absent: "" },
  multiple: { attribute: "multiple", kind: "flag" },
  name: { attribute: "name", kind: "text", absent: "" },
  noneOfThese: { attribute: "none-of-these", kind: "flag" },
  required: { attribute: "required", kind: "flag" },
  template: { attribute: "template", kind: "text", absent: "" },
  top: { attribute: "top", kind: "count", absent: 5 },
};

/** Attributes whose change changes what the element asks or shows. */
export const OBSERVED = [
  "labels",
  "lang",
  ...Object.values(PROPERTIES).map(({ attribute }) => attribute),
];

/** Defines the properties on an element's prototype. */
export function reflect(prototype) {
  for (const [property, { attribute, kind, absent }] of Object.entries(PROPERTIES)) {
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get() {
        const text = this.getAttribute(attribute);
        if (kind === "flag") return text !== null;
        if (kind === "text") return text ?? absent;
        const count = Number.parseInt(text ?? "", 10);
        return count > 0 ? count : absent;
      },
      set(value) {
        if (kind === "flag") this.toggleAttribute(attribute, Boolean(value));
        else if (value === null || value === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, String(value));
      },
    });
  }
}

/** Sets again what was set before the element was defined, when it had no properties yet. */
export function takeEarlyProperties(element) {
  for (const property of ["labels", "messages", ...Object.keys(PROPERTIES)]) {
    if (!Object.hasOwn(element, property)) continue;
    const value = element[property];
    delete element[property];
    element[property] = value;
  }
}
