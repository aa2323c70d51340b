import { order } from './three/order.mjs';
import './three/a.mjs';
import './three/c.mjs';
import self, { own as mine } from './cycle-of-three.mjs';
export const own = 'own export';
export default 'default of itself';
print(order.join(' '));
print(`${mine} ${own} ${self}`);
print([1, 2].length);
