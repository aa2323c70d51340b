export * from './round-a.mjs';
export const b = 2;
