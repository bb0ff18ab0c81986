-- The index of heads by state is one of SQLite alone; both databases count the same schemas.
select 1;
