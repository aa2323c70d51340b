import { order } from './order.mjs';
import './c.mjs';
order.push('b');
