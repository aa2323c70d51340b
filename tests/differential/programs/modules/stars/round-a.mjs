export * from './round-b.mjs';
export const a = 1;
