import { value } from '../live/counter.mjs';
let value;
