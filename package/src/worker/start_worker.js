// Runs the engine. The first message brings the address of its program; from a worker that this one
// helps, it brings the compiled program and that worker's name.
import init, { help, serve } from "./worker.js";

onmessage = async ({ data }) => {
  const [program, name] = Array.isArray(data) ? data : [data, ""];
  self.name = name;
  try {
    await init({ module_or_path: program });
  } catch (error) {
    postMessage({ Crashed: String(error) });
    return;
  }
  if (program instanceof WebAssembly.Module) help();
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
