import init from "./worker.js";

// The program comes compiled, from the worker that this one helps.
const { data } = await new Promise((heard) => {
  onmessage = heard;
});
await init({ module_or_path: data });
