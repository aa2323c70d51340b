let cells = new Set(['1,0', '2,1', '0,2', '1,2', '2,2', '10,10', '10,11', '10,12', '20,5', '21,5', '20,6', '21,6', '5,20', '6,20', '7,20', '7,19', '6,18']);
for (let generation = 0; generation < 40; generation++) {
  const counts = new Map();
  for (const cell of cells) { const [x, y] = cell.split(',').map(Number); for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) if (dx || dy) { const key = `${x + dx},${y + dy}`; counts.set(key, (counts.get(key) ?? 0) + 1); } }
  cells = new Set([...counts].filter(([key, count]) => count === 3 || (count === 2 && cells.has(key))).map(([key]) => key));
  if (generation % 8 === 7) print(`${generation}: ${[...cells].sort().join(' ')}`);
}
