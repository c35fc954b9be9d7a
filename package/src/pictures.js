// Makes of whatever shows a picture what the engine takes: a file, or pixels.

import { unlessAborted } from "./aborting.js";
import { ClipError } from "./errors.js";
import { pixelsOf, pixelsOfImage, pixelsOfImageData } from "./pixels.js";

/**
 * Reads a picture. The result has its file, or a function that draws it.
 *
 * @returns {Promise<{ file: File } | { draw: () => import("./pixels.js").Pixels | Promise<import("./pixels.js").Pixels> }>}
 */
export async function read(source, signal) {
  // The name of its class, also if it comes from another frame.
  const kind = Object.prototype.toString.call(source).slice("[object ".length, -1);
  switch (kind) {
    case "String":
    case "URL":
      return fromBlob(await fetched(source, signal), signal);
    case "File":
    case "Blob":
      return fromBlob(source, signal);
    case "HTMLImageElement":
      return fromImage(source, signal);
    case "HTMLCanvasElement":
    case "OffscreenCanvas":
    case "ImageBitmap":
      return { draw: () => pixelsOf(source, source.width, source.height) };
    case "HTMLVideoElement":
      return { draw: () => pixelsOf(source, source.videoWidth, source.videoHeight) };
    case "VideoFrame":
      return { draw: () => pixelsOf(source, source.displayWidth, source.displayHeight) };
    case "ImageData":
      return { draw: () => pixelsOfImageData(source) };
    default:
      throw new ClipError(
        "picture",
        `This is no picture, but ${kind}; pass a file, a blob, an address, an image, a canvas, a video, ` +
          "an ImageBitmap, an ImageData or a VideoFrame.",
      );
  }
}

/** The file at an address, if its site lets this page read it. */
async function fetched(address, signal) {
  let url;
  try {
    url = new URL(address, globalThis.document?.baseURI ?? location.href);
  } catch (cause) {
    throw new ClipError("picture", `“${address}” is no address of a picture.`, { cause });
  }
  const shown = url.href.length > 100 ? `${url.href.slice(0, 99)}…` : url.href;
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return await response.blob();
    throw new ClipError("connection", `There is no picture at ${shown}: the answer is ${response.status}.`);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ClipError) throw cause;
    throw new ClipError(
      "connection",
      `The picture at ${shown} cannot be read: there is no connection, or the site does not let other ` +
        "pages read it (CORS).",
      { cause },
    );
  }
}

async function fromBlob(blob, signal) {
  // Workers cannot draw SVG.
  if (blob.type.startsWith("image/svg")) return fromSvg(blob, signal);
  return { file: blob instanceof File ? blob : new File([blob], "picture", { type: blob.type }) };
}

async function fromSvg(blob, signal) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await loaded(image, signal);
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return { draw: () => pixelsOfImage(image, true) };
}

/** The file of an image, so that it is decoded as any other; its pixels if the file cannot be read. */
async function fromImage(image, signal) {
  await loaded(image, signal);
  let blob;
  try {
    blob = await fetched(image.currentSrc, signal);
  } catch (error) {
    if (!(error instanceof ClipError)) throw error;
    return { draw: () => pixelsOfImage(image, false) };
  }
  if (blob.type.startsWith("image/svg")) return { draw: () => pixelsOfImage(image, true) };
  return fromBlob(blob, signal);
}

async function loaded(image, signal) {
  try {
    await unlessAborted(image.decode(), signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ClipError("picture", "The image did not load, or is damaged.", { cause });
  }
}
