// GFLOP/s of each of the engine's operations, beside a plain f32 product on the same adapter.

import { plainProduct } from "./plain_product.js";

// Runs per wait are chosen to take about this long, up to MOST_REPEATS.
const MILLISECONDS = 100;
const MOST_REPEATS = 64;

const { default: init, Kernels } = await import("/kernels/glance_kernel_speed.js");

async function time(kernels, index, repeats) {
  const start = performance.now();
  await kernels.run(index, repeats);
  return performance.now() - start;
}

export async function kernels({ device, rounds }, results) {
  await init();
  const kernels = await Kernels.open(device);
  const plain = device === "gpu" ? await plainProduct(rounds) : [];
  const names = kernels.names();
  const operations = kernels.operations();
  for (const [index, what] of names.entries()) {
    await kernels.run(index, 1);
    const once = await time(kernels, index, 1);
    const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round(MILLISECONDS / once)));
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const milliseconds = await time(kernels, index, repeats);
      samples.push((repeats * operations[index]) / milliseconds / 1e6);
    }
    const record = { part: "kernels", model: `browser ${device}`, device, what, unit: "GFLOP/s" };
    results.push({ ...record, who: "ours", samples });
    if (plain.length > 0) results.push({ ...record, who: "plain f32 product", samples: plain });
  }
}
