globalThis.noisy = (globalThis.noisy ?? 0) + 1;
export default globalThis.noisy;
