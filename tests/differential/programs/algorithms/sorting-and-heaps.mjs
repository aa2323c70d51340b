import { tell } from '../../show.mjs';
let state = 42;
const next = () => (state = (state * 1103515245 + 12345) & 0x7fffffff);
const list = Array.from({ length: 400 }, () => next() % 997);
const quick = (all) => (all.length < 2 ? all : [...quick(all.slice(1).filter((x) => x < all[0])), all[0], ...quick(all.slice(1).filter((x) => x >= all[0]))]);
class Heap { #items = []; push(x) { let at = this.#items.push(x) - 1; while (at && this.#items[at] < this.#items[(at - 1) >> 1]) { const up = (at - 1) >> 1; [this.#items[at], this.#items[up]] = [this.#items[up], this.#items[at]]; at = up; } } pop() { const top = this.#items[0]; const last = this.#items.pop(); if (this.#items.length) { this.#items[0] = last; let at = 0; for (;;) { let least = at; for (const child of [2 * at + 1, 2 * at + 2]) if (this.#items[child] < this.#items[least]) least = child; if (least === at) break; [this.#items[at], this.#items[least]] = [this.#items[least], this.#items[at]]; at = least; } } return top; } }
const heap = new Heap();
for (const x of list) heap.push(x);
const out = list.map(() => heap.pop());
tell('equal', out.join() === quick(list).join(), out.join() === list.toSorted((a, b) => a - b).join());
tell('ends', out.slice(0, 10), out.slice(-5));
tell('sum', list.reduce((a, b) => (a * 31 + b) % 1000003, 0));
