a: { break a; }
export const fine = 1;
