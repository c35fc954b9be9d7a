// Defines `<glance-drop>`.
//
// glance_drop   the element: attributes, events, and what happens when
// attributes    attributes as properties
// labels        labels as a page writes them
// question      what is asked about every picture
// incoming      files that are dropped or pasted
// pictures      the pictures of one element
// picture       one picture and its answer
// ranking       which pictures wait and which are under way
// shared_clip   one worker and one model for several elements
// form          value, validity, and what a browser restores
// view/         what a person sees: zone, results, status, styles, messages

import { GlanceDrop } from "./glance_drop.js";

export { GlanceDrop };
export { messages } from "./view/messages.js";

const NAME = "glance-drop";

// A server that renders pages has no elements.
if (globalThis.customElements) {
  const defined = customElements.get(NAME);
  if (!defined) customElements.define(NAME, GlanceDrop);
  else if (defined !== GlanceDrop) {
    console.warn(`<${NAME}> is defined already, so this page uses that definition and not this one.`);
  }
}
