// Prepares pictures as a helper worker of the page does: file in, 8-bit square out.

import init, { prepare } from "/kernels/glance_kernel_speed.js";

await init();
self.onmessage = async ({ data }) => {
  const square = prepare(new Uint8Array(await data.arrayBuffer()));
  self.postMessage(square, [square.buffer]);
};
self.postMessage("started");
