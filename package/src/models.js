// Models: where they come from, and what is known of them.

import { ClipError, requireThat } from "./errors.js";

const HUB = "https://huggingface.co";
const DEVICES = { webgpu: "gpu", cpu: "cpu", auto: undefined };

/** Loads a model into a worker; returns what is known of it. */
export async function loadModel(connection, { model, device }, { signal, onProgress }) {
  const { origin, files } = originOf(model);
  const merges = new URL("./worker/clip_merges.txt", import.meta.url).href;
  const request = { Load: { origin, merges, device: deviceOf(device) } };
  const options = { files, signal, onProgress: (progress) => tell(onProgress, progress) };
  try {
    const { Loaded } = await connection.run(request, options);
    return modelOf(Loaded);
  } catch (error) {
    throw withAddress(error, origin.Manifest, model);
  }
}

/** What is known of a model. */
export function modelOf({ id, name, license, bytes, device, image_size, embedding_size, notice }) {
  return Object.freeze({
    id,
    name,
    license,
    bytes,
    device: device === "gpu" ? "webgpu" : "cpu",
    imageSize: image_size,
    embeddingSize: embedding_size,
    notice,
  });
}

/** The models that the browser stores for this site. */
export async function storedModels(connection) {
  const { Stored } = await connection.run("Stored");
  return (Stored.models ?? []).map(({ id, name, license, from, bytes, stored, added }) => ({
    id,
    name,
    license,
    from,
    bytes,
    storedBytes: stored,
    added: new Date(added),
  }));
}

/** Tells how far a request has come, in the words of the package. */
export function tell(onProgress, progress) {
  const [name, { received, done = received, total } = {}] =
    typeof progress === "string" ? [progress] : Object.entries(progress)[0];
  const stages = {
    Waiting: "waiting",
    Fetching: "downloading",
    Converting: "converting",
    Checking: "checking",
    Preparing: "preparing",
    Texts: "texts",
  };
  if (stages[name]) onProgress?.({ stage: stages[name], done, total });
}

function originOf(model) {
  if (model === undefined) {
    return { origin: { Manifest: new URL("./models/demo.safetensors", import.meta.url).href } };
  }
  if (typeof model === "string" || model instanceof URL) {
    return { origin: { Manifest: new URL(model, globalThis.document?.baseURI ?? location.href).href } };
  }
  if (typeof model?.hub === "string") {
    const { hub, revision, base = HUB } = model;
    const repository = revision ? `${hub}@${revision}` : hub;
    return { origin: { Hub: { base: String(base), repository } } };
  }
  requireThat(model?.files?.length > 0, "model must be an address, { hub } or { files }");
  return { origin: "Files", files: [...model.files] };
}

function deviceOf(device = "auto") {
  requireThat(device in DEVICES, 'device must be "webgpu", "cpu" or "auto"');
  return DEVICES[device];
}

/** The error with the address that it is about. */
function withAddress(error, address, model) {
  if (!(error instanceof ClipError && address)) return error;
  if (!["connection", "model"].includes(error.code)) return error;
  const ofHub = typeof model === "string" && /^[\w.-]+\/[\w.-]+$/.test(model);
  const hint = ofHub ? ` For a model of the Hugging Face Hub, pass { hub: "${model}" }.` : "";
  return new ClipError(error.code, `${error.message} Its address is ${address}.${hint}`, { cause: error });
}
