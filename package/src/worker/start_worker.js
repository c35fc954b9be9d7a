// Runs the engine. The first message brings the address of its program; from a worker that this one
// helps, it brings the compiled program.
import init, { help, serve } from "./worker.js";

onmessage = async ({ data }) => {
  try {
    await init({ module_or_path: data });
  } catch (error) {
    postMessage({ Crashed: String(error) });
    return;
  }
  if (data instanceof WebAssembly.Module) help();
  else serve(startHelper);
};

// A helper runs this same script, whatever a bundler made of it and wherever it lies.
function startHelper() {
  return new Worker(self.location.href, { type: isModule() ? "module" : "classic" });
}

// Only a classic worker may import scripts.
function isModule() {
  try {
    self.importScripts();
    return false;
  } catch {
    return true;
  }
}
