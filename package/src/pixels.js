// Draws pictures to read their pixels.

import { ClipError } from "./errors.js";

/** Most pixels: some browsers have no larger canvas. Larger pictures are drawn smaller. */
const MOST_PIXELS = 1 << 24;
/** Shorter side of a drawing that has no pixels of its own. No model's input is larger. */
const SHORTER_SIDE = 512;
/** Longer side of such a drawing. */
const LONGER_SIDE = 4096;

/**
 * @typedef {{ width: number, height: number, pixels: Uint8Array }} Pixels Straight RGBA, row by row. The
 *   array has a buffer of its own.
 */

/**
 * The pixels of whatever a canvas can draw.
 *
 * @returns {Pixels}
 */
export function pixelsOf(source, width, height) {
  if (!(width > 0 && height > 0)) {
    throw new ClipError("picture", "The picture has no pixels; wait until it has loaded.");
  }
  return drawn(source, width, height, Math.min(1, Math.sqrt(MOST_PIXELS / (width * height))));
}

/**
 * The pixels of an image; of a drawing (SVG), as many as a model may want.
 *
 * @returns {Pixels}
 */
export function pixelsOfImage(image, isDrawing) {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!isDrawing) return pixelsOf(image, width, height);
  const [w, h] = [width || SHORTER_SIDE, height || SHORTER_SIDE];
  return drawn(image, w, h, Math.min(SHORTER_SIDE / Math.min(w, h), LONGER_SIDE / Math.max(w, h)));
}

/**
 * A copy of the pixels, as 8-bit sRGB.
 *
 * @returns {Pixels | Promise<Pixels>}
 */
export function pixelsOfImageData(image) {
  const { width, height, data, colorSpace = "srgb" } = image;
  const isPlain = data instanceof Uint8ClampedArray && colorSpace === "srgb";
  if (isPlain && width * height <= MOST_PIXELS) {
    return { width, height, pixels: new Uint8Array(data) };
  }
  return createImageBitmap(image).then((bitmap) => {
    try {
      return pixelsOf(bitmap, width, height);
    } finally {
      bitmap.close();
    }
  });
}

function drawn(source, fullWidth, fullHeight, scale) {
  const width = Math.max(1, Math.round(fullWidth * scale));
  const height = Math.max(1, Math.round(fullHeight * scale));
  // Keeps the pixels in memory: from the graphics card they would have to be fetched.
  const context = newCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) {
    throw new ClipError("picture", `The browser cannot draw ${width} × ${height} pixels.`);
  }
  context.imageSmoothingQuality = "high";
  try {
    context.drawImage(source, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, pixels: new Uint8Array(data.buffer) };
  } catch (cause) {
    throw new ClipError("picture", unreadable(cause), { cause });
  }
}

function unreadable(cause) {
  return cause.name === "SecurityError"
    ? "The browser keeps this picture from the page, because another site sent it; load it with " +
        'crossorigin="anonymous", if the site allows that.'
    : "The picture cannot be drawn: it is broken, or closed.";
}

function newCanvas(width, height) {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}
