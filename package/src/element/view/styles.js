// The style of the shadow tree. As a constructed sheet it needs no `unsafe-inline`. The parts are
// also the selectors.

const RULES = `
:host {
  --_accent: var(--glance-accent, #1d5c55);
  --_on-accent: var(--glance-on-accent, #ffffff);
  --_bar: var(--glance-bar, #3f8f84);
  --_error: var(--glance-error, #a3231f);
  --_line: var(--glance-line, color-mix(in srgb, currentColor 60%, transparent));
  --_tint: var(--glance-tint, color-mix(in srgb, var(--_bar) 16%, transparent));
  --_radius: var(--glance-radius, 12px);
  --_thumbnail: var(--glance-thumbnail, 88px);
  display: block;
  line-height: 1.4;
}
@supports (color: light-dark(black, white)) {
  :host {
    --_accent: var(--glance-accent, light-dark(#1d5c55, #7fd0c3));
    --_on-accent: var(--glance-on-accent, light-dark(#ffffff, #0d2320));
    --_bar: var(--glance-bar, light-dark(#3f8f84, #4fa899));
    --_error: var(--glance-error, light-dark(#a3231f, #ff9d95));
  }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
button {
  min-height: 40px;
  padding: 6px 16px;
  border: 1px solid var(--_accent);
  border-radius: calc(var(--_radius) * 0.75);
  background: transparent;
  color: var(--_accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
[part~="zone"] {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 12px;
  align-items: center;
  justify-content: center;
  min-height: 108px;
  padding: 16px;
  border: 2px dashed var(--_line);
  border-radius: var(--_radius);
  text-align: center;
}
[part~="hovering"] { border-color: var(--_accent); background: var(--_tint); }
[part~="button"] { background: var(--_accent); color: var(--_on-accent); }
[part~="state"] {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 12px;
  align-items: center;
  margin-top: 10px;
  min-height: 1.4em;
}
[part~="status"] { margin: 0; overflow-wrap: anywhere; }
[part~="error"] { color: var(--_error); }
[part~="progress"] { accent-color: var(--_accent); width: 140px; }
[part~="results"] {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr));
  gap: 12px;
  margin: 12px 0 0;
  padding: 0;
  list-style: none;
}
[part~="result"] {
  display: grid;
  grid-template-columns: var(--_thumbnail) minmax(0, 1fr) auto;
  gap: 4px 12px;
  align-items: start;
  padding: 10px;
  border: 1px solid color-mix(in srgb, var(--_line) 50%, transparent);
  border-radius: var(--_radius);
}
[part~="thumbnail"] {
  width: var(--_thumbnail);
  height: var(--_thumbnail);
  border-radius: calc(var(--_radius) * 0.5);
  object-fit: cover;
}
[part~="body"] { grid-column: 2; }
[part~="name"] {
  overflow: hidden;
  font-size: 0.875em;
  text-overflow: ellipsis;
  white-space: nowrap;
}
[part~="labels"] { margin: 4px 0 0; padding: 0; list-style: none; }
[part~="label"] {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 2px 8px;
  margin-top: 6px;
}
[part~="label-text"] { overflow-wrap: anywhere; }
[part~="best"] { font-weight: 600; }
[part~="share"] { font-variant-numeric: tabular-nums; }
[part~="bar"] { grid-column: 1 / -1; height: 5px; border-radius: 3px; background: var(--_tint); }
[part~="bar"]::before {
  display: block;
  width: calc(var(--share) * 100%);
  height: 100%;
  border-radius: inherit;
  background: var(--_bar);
  content: "";
}
[part~="picture-error"] { margin: 4px 0 0; color: var(--_error); }
[part~="remove"] {
  grid-column: 3;
  width: 32px;
  min-height: 32px;
  margin: -4px -4px 0 0;
  padding: 0;
  border-color: transparent;
  color: inherit;
}
[part~="remove"]::before { content: "×"; }
@media (prefers-reduced-motion: no-preference) {
  [part~="bar"]::before { transition: width 0.2s; }
}
@media (forced-colors: active) {
  [part~="bar"] { border: 1px solid CanvasText; }
  [part~="bar"]::before { background: Highlight; forced-color-adjust: none; }
}
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** One sheet for all elements. */
export function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(RULES);
  }
  return sheet;
}
