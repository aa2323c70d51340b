export * as default from '../live/counter.mjs';
