import { order } from './order.mjs';
import './a.mjs';
order.push('c');
