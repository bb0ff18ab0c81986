-- Nothing here: the numbers of both databases go together.
SELECT 1;
