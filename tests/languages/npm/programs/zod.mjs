import { z } from 'zod';
const User = z.object({ name: z.string().min(2), age: z.coerce.number().int().positive().optional(), tags: z.array(z.enum(['a', 'b'])).default([]), at: z.union([z.string(), z.null()]) });
console.log(User.parse({ name: 'ann', age: '7', at: null }), JSON.stringify(User.safeParse({ name: 'x', age: -1, tags: ['c'] }).error.issues));
console.log(z.string().email().safeParse('a@b.example').success, z.string().transform((text) => text.length).parse('four'));
