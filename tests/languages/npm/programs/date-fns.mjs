import { addMonths, differenceInCalendarDays, format, formatDistance, parseISO } from 'date-fns';
const day = new Date(2024, 0, 31, 15, 4, 5);
console.log(format(day, "EEEE do 'of' MMMM yyyy, HH:mm:ss"), format(addMonths(day, 1), 'yyyy-MM-dd'));
console.log(differenceInCalendarDays(parseISO('2024-03-01'), day), formatDistance(parseISO('2020-01-01'), day, { addSuffix: true }));
