// CLIP in a web page. See README.md.

export { Clip } from "./clip.js";
export { ClipError } from "./errors.js";
