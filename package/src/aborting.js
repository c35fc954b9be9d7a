// Promises that end early.

/** The promise, or a rejection with the signal's reason. */
export function unlessAborted(promise, signal) {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    const settled = () => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).finally(settled);
  });
}

/** Runs `work` with a signal that aborts with the caller's, and once `work` has failed. */
export async function withSignal(whole, work) {
  const part = new AbortController();
  const abort = () => part.abort(whole.reason);
  if (whole?.aborted) abort();
  whole?.addEventListener("abort", abort);
  try {
    return await work(part.signal);
  } catch (error) {
    part.abort(error);
    throw error;
  } finally {
    whole?.removeEventListener("abort", abort);
  }
}
