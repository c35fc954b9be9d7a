import init, { help } from "./worker/worker.js";

// The worker that this one helps sends the compiled module.
const { data } = await new Promise((heard) => {
  onmessage = heard;
});
await init({ module_or_path: data });
help();
