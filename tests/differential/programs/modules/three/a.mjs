import { order } from './order.mjs';
import './b.mjs';
order.push('a');
