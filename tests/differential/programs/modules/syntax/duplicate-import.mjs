import { value, value } from '../live/counter.mjs';
