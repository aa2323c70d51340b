export * from './inner.mjs';
export { value as alias, default } from './inner.mjs';
export * as space from './inner.mjs';
