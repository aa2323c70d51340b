import { value } from '../live/counter.mjs';
var value;
