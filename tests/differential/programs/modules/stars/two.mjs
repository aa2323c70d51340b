export const y = 'y of two';
export const both = 'two';
export const deep = 'deep';
