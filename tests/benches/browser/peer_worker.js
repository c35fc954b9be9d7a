// transformers.js in a worker, as its examples run it. Weights and code come from this server as
// from the Hub and the CDN, and are cached by the library itself.

import {
  AutoProcessor,
  AutoTokenizer,
  CLIPTextModelWithProjection,
  CLIPVisionModelWithProjection,
  RawImage,
  env,
} from "/peer/@huggingface/transformers/dist/transformers.min.js";

env.allowLocalModels = false;
env.remoteHost = location.origin;
env.remotePathTemplate = "bench-models/{model}/";
const runtime = `${location.origin}/peer/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify`;
env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };

let processor, tokenizer, vision, text;

const work = {
  async load({ model, device, dtype }) {
    const options = { device, dtype };
    [processor, tokenizer, vision, text] = await Promise.all([
      AutoProcessor.from_pretrained(model),
      AutoTokenizer.from_pretrained(model),
      CLIPVisionModelWithProjection.from_pretrained(model, options),
      CLIPTextModelWithProjection.from_pretrained(model, options),
    ]);
  },

  async loadProcessor({ model }) {
    processor = await AutoProcessor.from_pretrained(model);
  },

  async prepare(file) {
    await processor(await RawImage.fromBlob(file));
  },

  async images(files) {
    const images = await Promise.all(files.map((file) => RawImage.fromBlob(file)));
    const { image_embeds } = await vision(await processor(images));
    return image_embeds.normalize().tolist();
  },

  async texts(texts) {
    const { text_embeds } = await text(tokenizer(texts, { padding: true, truncation: true }));
    return text_embeds.normalize().tolist();
  },
};

self.onmessage = async ({ data: { id, name, argument } }) => {
  try {
    self.postMessage({ id, answer: await work[name](argument) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
};
self.postMessage("started");
