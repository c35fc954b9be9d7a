// Three textbook kernels for the product of two f32 matrices: what a program without tuning can
// expect of an adapter.

const SIDE = 1024;

const HEAD = `
  @group(0) @binding(0) var<storage, read> a: array<f32>;
  @group(0) @binding(1) var<storage, read> b: array<f32>;
  @group(0) @binding(2) var<storage, read_write> c: array<f32>;
  const N = ${SIDE}u;`;

// Each: outputs of a workgroup along a side, and the program.
const VARIANTS = [
  // One output an invocation, straight from memory.
  [16, `${HEAD}
    @compute @workgroup_size(16, 16)
    fn main(@builtin(global_invocation_id) at: vec3<u32>) {
      var sum = 0.0;
      for (var k = 0u; k < N; k++) { sum += a[at.y * N + k] * b[k * N + at.x]; }
      c[at.y * N + at.x] = sum;
    }`],
  // One output an invocation, tiles of both operands in workgroup memory.
  [16, `${HEAD}
    var<workgroup> left: array<array<f32, 16>, 16>;
    var<workgroup> right: array<array<f32, 16>, 16>;
    @compute @workgroup_size(16, 16)
    fn main(
      @builtin(global_invocation_id) at: vec3<u32>,
      @builtin(local_invocation_id) local: vec3<u32>,
    ) {
      var sum = 0.0;
      for (var first = 0u; first < N; first += 16u) {
        left[local.y][local.x] = a[at.y * N + first + local.x];
        right[local.y][local.x] = b[(first + local.y) * N + at.x];
        workgroupBarrier();
        for (var k = 0u; k < 16u; k++) { sum += left[local.y][k] * right[k][local.x]; }
        workgroupBarrier();
      }
      c[at.y * N + at.x] = sum;
    }`],
  // 4 × 4 outputs an invocation in registers, straight from memory.
  [32, `${HEAD}
    @compute @workgroup_size(8, 8)
    fn main(@builtin(global_invocation_id) at: vec3<u32>) {
      let row = at.y * 4u;
      let column = at.x * 4u;
      var s0 = vec4(0.0);
      var s1 = vec4(0.0);
      var s2 = vec4(0.0);
      var s3 = vec4(0.0);
      for (var k = 0u; k < N; k++) {
        let first = k * N + column;
        let right = vec4(b[first], b[first + 1u], b[first + 2u], b[first + 3u]);
        s0 += a[row * N + k] * right;
        s1 += a[(row + 1u) * N + k] * right;
        s2 += a[(row + 2u) * N + k] * right;
        s3 += a[(row + 3u) * N + k] * right;
      }
      for (var i = 0u; i < 4u; i++) {
        c[row * N + column + i] = s0[i];
        c[(row + 1u) * N + column + i] = s1[i];
        c[(row + 2u) * N + column + i] = s2[i];
        c[(row + 3u) * N + column + i] = s3[i];
      }
    }`],
];

// GFLOP/s of the fastest variant, a number a round.
export async function plainProduct(rounds) {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  const device = await adapter.requestDevice();
  const matrix = () =>
    device.createBuffer({ size: 4 * SIDE * SIDE, usage: GPUBufferUsage.STORAGE });
  const buffers = [matrix(), matrix(), matrix()];
  let best = [];
  for (const [tile, code] of VARIANTS) {
    const module = device.createShaderModule({ code });
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindings = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const run = async () => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(SIDE / tile, SIDE / tile);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (2 * SIDE ** 3) / (performance.now() - start) / 1e6;
    };
    await run();
    const samples = [];
    for (let round = 0; round < rounds; round += 1) samples.push(await run());
    if (best.length === 0 || Math.max(...samples) > Math.max(...best)) best = samples;
  }
  device.destroy();
  return best;
}
